"""The results of a run as a table: a line for each method, the best first."""

import math

from harmonium.report.methods import caption, ranked, summary
from harmonium.report.scores import Score, read_scores

SCORES = [
    Score("belief_net", "accuracy", (0.9, 0.92), rows=500, seconds=(4.0, 5.0), own=True),
    Score("belief_net", "error", (0.1, 0.08), rows=500, own=True),
    Score("random_start", "accuracy", (0.8, 0.8), seconds=(1.0, 1.0)),
    Score("svc", "accuracy", (0.95, 0.93), seconds=(0.123, 0.123)),
]


def test_a_line_for_each_method_the_best_first():
    head, rows = summary(ranked(SCORES), plain=True)
    assert head == ["method", "test accuracy, %", "seconds"]
    assert rows == [
        ["support vector machine", "94.0 +- 1.4", 0.12],
        ["deep belief net (this recipe)", "91.0 +- 1.4", 4.5],
        ["same net, random start", "80.0 +- 0.0", 1.0],
    ]
    assert caption(ranked(SCORES), plain=True) == (
        "Mean +- standard deviation of 2 trials, on 500 test rows. Best first. "
        "Seconds: processor time of one trial."
    )


def test_of_a_likelihood_more_is_better():
    likely = [
        Score(n, "log_likelihood", (x,), own=n == "rbm") for n, x in (("rbm", -9.0), ("dbm", -8.0))
    ]
    assert [m.scores["log_likelihood"].method for m in ranked(likely)] == ["dbm", "rbm"]
    assert summary(ranked(likely))[0][1] == "test log-likelihood, nats per row"


def test_what_has_no_such_figure_comes_last_and_what_is_not_finite_is_left_out():
    more = [
        Score("dbm", "log_likelihood", (-8.0,)),
        Score("rbm", "accuracy", (math.nan,)),
    ]
    methods = ranked([*more, *SCORES])
    assert [m.name for m in methods][-1] == "deep Boltzmann machine"
    assert len(methods) == 4
    _, rows = summary(methods)
    assert rows[-1] == ["deep Boltzmann machine", None, "−8.00", None]


def test_one_method_alone_has_a_line_for_each_figure():
    figures = [
        Score(
            "rbm", "log_likelihood", (-84.0,), rows=500, errors=(0.5,), seconds=(3.0,), own=True
        ),
        Score("rbm", "log_likelihood_optimistic", (-83.0,), own=True),
    ]
    head, rows = summary(ranked(figures), plain=True)
    assert head == ["restricted Boltzmann machine", "value", "unit"]
    assert rows == [
        ["test log-likelihood", "-84.00 (-84.98 to -83.02)", "nats per row"],
        ["test log-likelihood, optimistic end", "-83.00", "nats per row"],
        ["processor time", "3", "seconds"],
    ]
    assert caption(ranked(figures)) == (
        "One trial, on 500 test rows; in brackets the 95 % interval for the choice of the test "
        "rows. Seconds: processor time of one trial. The optimistic end takes the smaller of the "
        "two estimates of log Z."
    )


def test_a_bound_is_called_a_bound():
    deep, plain = (Score(name, "log_likelihood", (-8.0,)) for name in ("dbm", "rbm"))
    assert "is a lower bound" in caption(ranked([deep]))
    assert "bound" not in caption(ranked([plain]))


def test_no_scores_no_methods():
    assert ranked([]) == []


def test_figures_of_unknown_meaning_are_columns_too():
    results = {"trials": [{"methods": {"a": {"margin": 0.4}, "b": {"margin": 0.5}}}]}
    head, rows = summary(ranked(read_scores(results, own="a")))
    assert head == ["method", "test margin", "seconds"]
    assert [row[1] for row in rows] == ["0.40", "0.50"]
