"""Scores: read from results, ranked, told with intervals, compared with the noise."""

import math

import pytest

from harmonium import figures
from harmonium.report.scores import Score, best_first, headline, noise, read_scores

RESULTS = {
    "trials": [
        {
            "seed": seed,
            "methods": {
                "svc": {"accuracy": 0.9, "error": 0.1, "settings": {"C": 1.0}},
                "rbm": {
                    "accuracy": (0.8, 0.82)[seed],
                    "log_likelihood": -80.0 - seed,
                    "test_stderr": 0.5,
                    "processor_s": 2.0 + seed,
                    "log_z_exact": True,
                },
            },
        }
        for seed in range(2)
    ]
}


def test_every_figure_of_every_method_over_the_trials():
    scores = {
        (s.method, s.figure): s for s in read_scores(RESULTS, own="rbm", rows={"accuracy": 500})
    }
    assert set(scores) == {
        ("rbm", "accuracy"),
        ("rbm", "log_likelihood"),
        ("svc", "accuracy"),
        ("svc", "error"),
    }
    ours = scores["rbm", "accuracy"]
    assert ours.values == (0.8, 0.82)
    assert ours.seconds == (2.0, 3.0)
    assert (ours.rows, ours.errors, ours.own) == (500, (), True)
    likelihood = scores["rbm", "log_likelihood"]
    assert (likelihood.rows, likelihood.errors) == (None, (0.5, 0.5))
    assert not scores["svc", "accuracy"].own


def test_an_exact_likelihood_has_one_end():
    both = {"log_likelihood": -9.0, "log_likelihood_optimistic": -9.0}
    for exact, count in ((True, 1), (False, 2)):
        methods = {"rbm": {**both, "log_z_exact": exact}}
        assert len(read_scores({"trials": [{"methods": methods}]})) == count


def test_the_runs_own_method_comes_first():
    assert [s.method for s in read_scores(RESULTS, own="rbm")] == ["rbm", "rbm", "svc", "svc"]


def test_nothing_yet_gives_nothing():
    assert read_scores({}) == []
    assert headline([]) is None


def test_the_headline_is_accuracy_before_likelihood_and_never_a_baselines():
    scores = read_scores(RESULTS, own="rbm")
    assert (headline(scores).method, headline(scores).figure) == ("rbm", "accuracy")
    assert headline([s for s in scores if s.figure == "log_likelihood"]).mean == -80.5
    assert headline([s for s in scores if not s.own]) is None
    assert headline([Score("rbm", "accuracy", (math.nan,), own=True)]) is None


def test_the_best_is_high_or_for_errors_low():
    up = [Score("a", "accuracy", (0.8,)), Score("b", "accuracy", (0.9,))]
    assert [s.method for s in best_first(up, "accuracy")] == ["b", "a"]
    low = [Score("a", "error", (0.2,)), Score("b", "error", (0.1,)), Score("c", "accuracy", (1,))]
    assert [s.method for s in best_first(low, "error")] == ["b", "a"]


def test_trials_are_told_with_their_spread():
    told = Score("rbm", "accuracy", (0.8, 0.9)).sentence()
    assert told == "85.0% ± 7.1% (mean ± standard deviation of 2 trials)"


def test_one_share_is_told_with_wilsons_interval_where_its_rows_are_known():
    assert Score("rbm", "accuracy", (0.9,), rows=500).sentence() == (
        "90.0% (95% interval 87.1% to 92.3%, 500 rows)"
    )
    assert Score("rbm", "accuracy", (0.9,)).sentence() == "90.0%"


def test_a_likelihood_is_told_in_nats_with_its_standard_error():
    told = Score("rbm", "log_likelihood", (-84.0,), errors=(0.5,)).sentence()
    assert told == "−84.00 nats per row (95% interval −84.98 to −83.02)"


@pytest.mark.parametrize(
    ("ours", "theirs", "beyond"),
    [
        (Score("a", "accuracy", (0.9,), rows=500), Score("b", "accuracy", (0.8,), rows=500), True),
        (Score("a", "accuracy", (0.9,), rows=50), Score("b", "accuracy", (0.85,), rows=50), False),
        (Score("a", "accuracy", (0.9,)), Score("b", "accuracy", (0.1,)), None),
        (Score("a", "accuracy", (0.9, 0.9)), Score("b", "accuracy", (0.1,), rows=9), None),
        (
            Score("a", "log_likelihood", (-80.0,), errors=(0.1,)),
            Score("b", "log_likelihood", (-81.0,), errors=(0.1,)),
            True,
        ),
        (Score("a", "accuracy", (0.9, 0.91)), Score("b", "accuracy", (0.8, 0.81)), True),
    ],
)
def test_a_difference_is_held_against_the_noise(ours, theirs, beyond):
    found, words = noise(ours, theirs)
    assert found is beyond
    start = {True: "more than two", False: "less than two", None: "repeat the runs to see"}
    assert words.startswith(start[beyond])


OTHERS = {"trials": [{"methods": {"net": {"margin": 0.4, "margin_stderr": 0.1, "epochs": 3}}}]}


def test_a_figure_that_no_table_knows_has_its_plain_name_and_no_interval():
    (score,) = read_scores(OTHERS, own="net", rows={"margin": 500})
    assert (score.figure, score.title, score.heading) == ("margin", "test margin", "test margin")
    assert score.interval() is None
    assert score.sentence() == "0.40"
    assert headline([score]) is None
    assert best_first([score], "margin") == [score]


def test_only_proportions_have_a_binomial_interval(monkeypatch):
    balanced = figures.Figure("balanced", "balanced accuracy", "share", "max", final=True)
    monkeypatch.setitem(figures._BY_NAME, "balanced", balanced)
    assert Score("net", "balanced", (0.9,), rows=100).interval() is None
    assert Score("net", "balanced", (0.9,), rows=100).short() == "90.0"
    assert Score("net", "accuracy", (0.9,), rows=100).interval() is not None
    assert noise(*[Score("net", "balanced", (p,), rows=100) for p in (0.1, 0.9)])[0] is None


def test_a_unit_is_told_where_there_is_one():
    assert Score("net", "rmse", (2.0,)).heading == "test root mean square error"
    assert Score("net", "accuracy", (0.5,)).heading == "test accuracy, %"
