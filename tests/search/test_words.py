"""The table of a search fits a terminal."""

from harmonium.cli.output import table
from harmonium.search.study import Study
from harmonium.search.words import columns_of
from tests.search.test_study import ABOUT


def study_of(folder, paths):
    space = {path: {"choices": ["max_pool2d", "avg_pool2d", [1, 2]]} for path in paths}
    study = Study.create(folder, {**ABOUT, "space": space, "figure": "error", "direction": "min"})
    for k, figure in enumerate((0.25, 0.125, None, 0.5)):
        attempt = study.propose()
        status = "failed" if figure is None else "done"
        study.keep(attempt, number=k, status=status, figure=figure)
    return study


def test_rows_are_attempts_where_they_fit_and_the_best_comes_first(tmp_path):
    head, rows = columns_of(study_of(tmp_path, ["model.kind"]), most=2, width=100)
    assert head == ["attempt", "error, %", "model.kind"]
    assert [row[:2] for row in rows] == [[1, 12.5], [0, 25.0]]


def test_many_settings_stand_below_each_other(tmp_path):
    paths = [f"model.layers.a_rather_long_name_{k}.kernel_size" for k in range(13)]
    head, rows = columns_of(study_of(tmp_path, paths), most=10, width=100)
    text = table(head, rows)
    assert max(map(len, text.splitlines())) <= 100
    assert head == ["attempt", "1", "0", "3"]
    assert [row[0] for row in rows][:2] == ["error, %", "…rs.a_rather_long_name_0.kernel_size"]
    assert rows[0][1:] == [12.5, 25.0, 50.0]
    assert len(rows) == 14


def test_at_least_the_best_is_shown(tmp_path):
    head, _ = columns_of(study_of(tmp_path, ["train.optimiser.lr"]), most=10, width=10)
    assert head == ["attempt", "1"]
