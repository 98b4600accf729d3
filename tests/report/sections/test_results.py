"""Results: one row a method and figure, with intervals; the baselines beside."""

from harmonium.report.scores import Score
from harmonium.report.sections.results import chart, section, table


def test_every_method_has_its_row_ours_first(evidence):
    numbers, picture = section(evidence("classifier")).parts
    rows = [[cell.text for cell in row] for row in numbers.cells()]
    assert rows[0] == ["deep belief net", "test accuracy", "87.5%", "± 0.4%", "3", "500", "3.0"]
    assert [row[0] for row in rows] == ["deep belief net", "random start", "logistic regression"]
    assert rows[2][-1] == "–"
    assert picture.alt == (
        "test accuracy: deep belief net 87.5%, logistic regression 86.4%, random start 82.4%"
    )


def test_one_trial_has_the_interval_of_its_rows():
    found = table([Score("rbm", "accuracy", (0.9,), rows=500, own=True)])
    assert [cell.text for cell in found.cells()[0]][2:5] == ["90.0%", "87.1% to 92.3%", "1"]
    assert "Wilson" in found.caption


def test_one_method_needs_no_chart(evidence):
    (only,) = section(evidence("energy")).parts
    assert [row[1].text for row in only.cells()] == [
        "test log-likelihood",
        "test log-likelihood, optimistic end",
    ]


def test_a_run_without_figures_has_no_section(evidence):
    assert section(evidence("failed")) is None
    assert section(evidence("table")) is None


def test_the_chart_draws_means_and_half_widths_in_per_cent():
    scores = [Score("a", "accuracy", (0.8, 0.9)), Score("b", "accuracy", (0.5, 0.5))]
    figure = chart(scores).figure
    (line,) = [
        x for x in figure.axes[0].lines if len(x.get_xdata()) == 2 and x.get_marker() == "o"
    ]
    assert [round(x, 6) for x in line.get_xdata()] == [85, 50]
