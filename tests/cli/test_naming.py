import os
import time

import pytest

from harmonium.cli.naming import all_runs, complete_run, find_run, recipe_or_run
from harmonium.runs import Run


@pytest.fixture
def parent(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (
        "mnist/20260102-100000-aaaa",
        "mnist/20260102-110000-bbbb",
        "dbn/20260101-1-cccc",
    ):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "status.json").write_text("{}")
    (tmp_path / "runs" / "mnist" / "notes").mkdir()
    return tmp_path / "runs"


def test_runs_are_listed_by_date(parent):
    names = [path.name for path in all_runs(parent)]
    assert names == ["20260101-1-cccc", "20260102-100000-aaaa", "20260102-110000-bbbb"]
    assert all_runs(parent / "nothing") == []


def test_the_last_run_is_the_one_that_was_made_last(tmp_path, monkeypatch):
    """Names go by local time, to the second: in an hour that comes twice they would not tell."""
    monkeypatch.chdir(tmp_path)
    first = Run.create(tmp_path / "runs", "demo").path
    real, then = time.strftime, time.localtime(1_400_000_000)
    monkeypatch.setattr(time, "strftime", lambda form: real(form, then))
    second = Run.create(tmp_path / "runs", "demo").path
    assert second.name < first.name
    assert [path.name for path in all_runs()] == [first.name, second.name]
    assert find_run("last").name == second.name


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("last", "20260102-110000-bbbb"),
        ("dbn", "20260101-1-cccc"),
        ("dbn/", "20260101-1-cccc"),
        ("20260101", "20260101-1-cccc"),
        ("mnist/20260102-10", "20260102-100000-aaaa"),
        ("20260102-11", "20260102-110000-bbbb"),
        ("runs/mnist/20260102-100000-aaaa", "20260102-100000-aaaa"),
        ("runs/mnist/20260102-100000-aaaa/", "20260102-100000-aaaa"),
    ],
)
def test_a_run_is_found_by_path_beginning_or_last(parent, name, found):
    assert find_run(name).name == found


def test_the_whole_name_of_a_recipe_is_not_the_beginning_of_another(parent):
    longer = parent / "dbn_long" / "20260103-1-dddd"
    longer.mkdir(parents=True)
    (longer / "status.json").write_text("{}")
    assert find_run("dbn").name == "20260101-1-cccc"


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("mnist", ValueError, r"mnist: 2 runs have .*; choose one:\n.*aaaa\n.*bbbb"),
        ("mnits", FileNotFoundError, "no run 'mnits' under .*runs"),
        ("dbn/20260101-1-cccx", FileNotFoundError, "did you mean 'dbn/20260101-1-cccc'"),
        ("runs/mnist/notes", ValueError, "not a run directory: it has no status.json"),
    ],
)
def test_what_is_no_run_is_said(parent, name, kind, message):
    with pytest.raises(kind, match=message):
        find_run(name)


def test_no_runs_at_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("last", "mnist"):
        with pytest.raises(FileNotFoundError, match=f"no run '{name}': runs holds no runs"):
            find_run(name)


def test_the_shell_completes_names_of_runs(parent):
    assert complete_run("runs/dbn") == [os.path.join("runs", "dbn", "20260101-1-cccc")]
    assert complete_run("la") == ["last"]
    assert complete_run("x") == []


def test_a_name_is_a_recipe_or_a_run(parent, tmp_path, monkeypatch):
    assert recipe_or_run("digits_rbm")[1] is False
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="no recipe 'nosuch'.*Nor is there a run of that"):
        recipe_or_run("nosuch")
