"""Several runs on one page: the best, the noise, what differs."""

import pytest

from harmonium.report import compare
from harmonium.report.comparison import _entries, _page
from harmonium.runs import Run
from tests.report import specimens


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two runs of one name whose learning rates and accuracies differ."""
    folder, runs = tmp_path_factory.mktemp("pair"), []
    for rate, accuracy in ((0.1, 0.87), (0.2, 0.80)):
        run = specimens.begin(folder, "digits", lr=rate)
        specimens.rows(run, stage="fine_tune", epochs=5)
        numbers = {"accuracy": accuracy, "error": 1 - accuracy, "rows": 500, "processor_s": 2.0}
        specimens.results(run, {"belief_net": numbers})
        run.mark("done")
        runs.append(run)
    return runs


def sections(runs):
    page = _page(_entries(runs))
    return page, {section.title: section for section in page.sections}


def test_the_best_is_named_with_its_lead_over_the_next(pair):
    page, _ = sections(pair)
    best, second = (f"digits {run.path.name[-4:]}" for run in pair)
    assert page.verdict == (
        f"Best by test accuracy: {best}, 87.0% (95% interval 83.8% to 89.7%, 500 rows). Next: "
        f"{second}, 80.0% (7.0 points apart; more than two standard errors of one trial each)."
    )
    assert page.status == "good"


def test_a_label_stands_in_charts_as_it_is_written(made, pair):
    classifier, _ = made("classifier")
    _, found = sections([*pair, classifier])
    picture = found["Results"].parts[1]
    names = [label.get_text() for label in picture.figure.axes[0].get_yticklabels()]
    assert "digits-dbn" in names
    assert sum(name.startswith("digits ") for name in names) == 2


def test_commands_name_the_program_and_not_its_place(pair):
    (pair[0].path / "command.txt").write_text("/opt/bin/harmonium train a.yaml\n")
    _, found = sections(pair)
    assert "\nharmonium train a.yaml\n" in found["How to repeat these runs"].parts[0].text


def test_only_what_differs_is_listed(pair):
    _, found = sections(pair)
    (table,) = found["Settings that differ"].parts
    assert [list(row) for row in table.rows] == [["pretrain.optimiser.lr", "0.1", "0.2"]]
    assert found["Environments that differ"].parts == [
        "None: all entries are the same in every run."
    ]


def test_results_and_curves_stand_side_by_side(pair):
    _, found = sections(pair)
    table, picture = found["Results"].parts
    assert [row[2] for row in table.rows] == [
        "87.0 (83.8 to 89.7)",
        "80.0 (76.3 to 83.3)",
    ]
    assert table.columns[2] == "test accuracy, %"
    (curves,) = found["Learning"].parts
    assert curves.alt.count("validation") == 2


def test_runs_without_the_figure_are_counted_and_failed_ones_listed(pair, made):
    failed, _ = made("failed")
    page, found = sections([*pair, failed])
    assert page.verdict.endswith("1 of 3 runs have no test accuracy.")
    assert [row[1] for row in found["Results"].parts[0].rows] == ["done", "done", "failed"]


def test_nothing_to_rank_is_said(made):
    page, _ = sections([made("failed")[0], made("table")[0]])
    assert page.verdict == "No run has a final result yet, so the runs cannot be ranked."
    assert page.status == "warning"


def test_the_page_lies_beside_the_runs_or_where_it_is_asked_for(pair, tmp_path):
    page = compare(pair)
    assert page == pair[0].path.parent / "comparison.html"
    figures = page.with_name("comparison-figures")
    assert [p.name for p in sorted(figures.iterdir())] == ["learning-1.png", "results-1.png"]
    assert compare(pair, path=tmp_path / "two.html") == tmp_path / "two.html"


@pytest.mark.parametrize("count", [0, 1])
def test_one_run_is_no_comparison(pair, count):
    with pytest.raises(ValueError, match="two or more"):
        compare(pair[:count])


def test_a_run_twice_is_no_comparison(pair):
    with pytest.raises(ValueError, match="each once"):
        compare([pair[0], Run(pair[0].path)])
