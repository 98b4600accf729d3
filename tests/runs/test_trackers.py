"""Rows reach the trackers; one that fails is dropped, and the run goes on."""

import csv
import sys

import pytest

from harmonium import Run
from harmonium.runs.trackers import CSV, TensorBoard, Trackers
from tests.runs import small
from tests.runs.small import Killed, outcome


class Broken:
    """Fails at one of its calls, and counts those after it."""

    def __init__(self, at):
        self.at, self.after = at, 0

    def __getattr__(self, name):
        def call(*args, **kwargs):
            if name == self.at:
                self.at = None
                raise OSError("the server is gone")
            if self.at is None:
                self.after += 1

        return call


@pytest.mark.parametrize("at", ["setup", "log", "finish"])
def test_a_failing_tracker_is_dropped_with_one_warning(at, tmp_path):
    broken, table = Broken(at), CSV()
    with pytest.warns(
        RuntimeWarning, match="Broken failed and is dropped.*server is gone"
    ) as seen:
        run = small.whole(tmp_path, trackers=Trackers([broken, table]))
    assert [w.category for w in seen].count(RuntimeWarning) == 1
    assert broken.after == 0
    assert run.status["status"] == "done"
    assert len(table_of(run)) == len(run.metrics())


def table_of(run):
    with (run.path / "metrics.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_has_every_number(tmp_path):
    run = small.whole(tmp_path, trackers=Trackers([CSV()]))
    rows = [{k: v for k, v in row.items() if k != "findings"} for row in run.metrics()]
    expected = [{k: str(v) for k, v in row.items()} for row in rows]
    found = [{k: v for k, v in row.items() if v} for row in table_of(run)]
    assert found == expected
    assert {row["stage"] for row in found} == {"train", "fine_tune"}


def test_the_table_of_a_resumed_run_has_every_row_once(tmp_path, monkeypatch):
    run = Run.create(tmp_path, "killed")
    seen = []

    def watch(place):
        seen.append(place)
        if len(seen) == 13:
            raise Killed

    with pytest.raises(Killed):
        small.engine(run, trackers=Trackers([CSV()]), watch=watch).go()
    small.engine(run, trackers=Trackers([CSV()])).go(resume=small.last(run))
    assert [r["update"] for r in table_of(run)] == [str(r["update"]) for r in run.metrics()]
    assert outcome(run)["status"] == "done"


def test_tensorboard_reads_what_was_written(tmp_path):
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run = small.whole(tmp_path, trackers=Trackers([TensorBoard()]))
    found = events.EventAccumulator(str(run.path / "tensorboard"))
    found.Reload()
    points = found.Scalars("0/fine_tune/val/loss")
    rows = [row for row in run.metrics() if row["stage"] == "fine_tune"]
    assert [p.step for p in points] == [row["update"] for row in rows]
    assert [p.value for p in points] == pytest.approx([row["val/loss"] for row in rows])


def test_a_missing_extra_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(ImportError, match=r'tensorboard: pip install "harmonium\[tracking\]"'):
        TensorBoard().setup(tmp_path, {})
