"""Results: one line a method with intervals, the best first; of one method a line a figure."""

from harmonium.report.methods import ranked
from harmonium.report.scores import Score
from harmonium.report.sections.results import ENTRY, chart, section, table


def test_every_method_has_one_line_the_best_first(evidence):
    numbers, picture = section(evidence("classifier")).parts
    rows = [[cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in r] for r in numbers.cells()]
    assert numbers.columns == ["method", "test accuracy, %", "seconds"]
    assert rows[0] == ["deep belief net (this recipe)", "87.5 ± 0.4", "3"]
    names = [row[0] for row in rows]
    assert names[1:] == ["logistic regression", "same net, random start"]
    assert rows[1][-1] == "–"
    assert numbers.caption == (
        "Mean ± standard deviation of 3 trials, on 500 test rows. Best first. "
        "Seconds: processor time of one trial."
    )
    assert picture.alt == (
        "test accuracy: deep belief net 87.5%, logistic regression 86.4%, "
        "same net, random start 82.4%"
    )


def test_one_trial_has_the_interval_of_its_rows():
    found = table(ranked([Score("rbm", "accuracy", (0.9,), rows=500, own=True)]))
    assert [cell.text for cell in found.cells()[0]] == [
        "test accuracy",
        "90.0 (87.1 to 92.3)",
        "%",
    ]
    assert "One trial, on 500 test rows; in brackets the 95 % interval" in found.caption


def test_one_method_needs_no_chart(evidence):
    (only,) = section(evidence("energy")).parts
    assert only.columns == ["restricted Boltzmann machine", "value", "unit"]
    assert [[row[0].text, row[2].text] for row in only.cells()] == [
        ["test log-likelihood", "nats per row"],
        ["test log-likelihood, optimistic end", "nats per row"],
    ]


def test_a_run_without_figures_has_no_section(evidence):
    assert ENTRY.section(evidence("failed")) is None
    assert ENTRY.section(evidence("table")) is None


def test_the_chart_draws_means_and_half_widths_in_per_cent():
    scores = [Score("a", "accuracy", (0.8, 0.9)), Score("b", "accuracy", (0.5, 0.5))]
    figure = chart(scores).figure
    (line,) = [
        x for x in figure.axes[0].lines if len(x.get_xdata()) == 2 and x.get_marker() == "o"
    ]
    assert [round(x, 6) for x in line.get_xdata()] == [85, 50]


def test_trials_and_one_trial_in_one_chart_are_told_apart():
    scores = [Score("a", "accuracy", (0.8, 0.9)), Score("b", "accuracy", (0.5,), rows=500)]
    kinds = [
        (scores[:1] * 2, "whiskers: ± one standard deviation over trials."),
        (scores[1:] * 2, "whiskers: the 95 % interval."),
        (scores, "± one standard deviation over trials, or of one trial the 95 % interval."),
    ]
    for rivals, end in kinds:
        assert chart(rivals).caption.endswith(end)
