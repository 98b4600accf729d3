import json
import re

import pytest

from harmonium.runs import Run
from harmonium.runs.directory import locked, new_directory

RESOLVED = "version: 1\nname: {name}\nseed: {seed}\nmodel: {{type: rbm, visible: 64}}\n"


@pytest.fixture
def made(harmonium, tmp_path):
    """Makes a run as training leaves it."""

    def make(name, *, status="done", seed=0, results=None, **changes):
        recipe = RESOLVED.format(name=name, seed=seed)
        files = {"recipe.yaml": recipe, "recipe.resolved.yaml": recipe}
        run = Run.create(tmp_path / "runs", name, files=files)
        run.mark(status, reason="lost its way" if status == "failed" else None)
        if results is not None:
            (run.path / "results.json").write_text(json.dumps(results))
        if changes:
            place = run.path / "status.json"
            place.write_text(json.dumps(json.loads(place.read_text()) | changes))
        return run.path

    return make


def test_no_runs_is_a_remark_not_a_result(harmonium):
    result = harmonium("runs", "ls")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no runs under runs" in result.stderr
    assert json.loads(harmonium("runs", "ls", "--json").stdout) == []


def test_ls_lists_them_all(harmonium, made):
    first = made("digits")
    second = made("mnist", status="failed")
    lines = harmonium("runs", "ls").stdout.splitlines()
    assert lines[0].split() == ["run", "status", "started", "seconds"]
    assert {line.split()[1] for line in lines[1:]} == {"done", "failed"}
    rows = json.loads(harmonium("runs", "ls", "--json").stdout)
    assert {row["run"] for row in rows} == {
        p.relative_to(p.parents[2]).as_posix() for p in (first, second)
    }


def test_ls_shows_a_damaged_run_and_goes_on(harmonium, made):
    made("digits")
    (made("mnist") / "status.json").write_text("{")
    result = harmonium("runs", "ls")
    assert result.exit_code == 0
    assert sorted(line.split()[1] for line in result.stdout.splitlines()[1:]) == [
        "damaged",
        "done",
    ]


def test_show_tells_status_results_and_settings(harmonium, made):
    made("digits", status="failed", results={"accuracy": {"mean": 0.93}})
    text = harmonium("runs", "show", "last").stdout
    assert "status: failed\n" in text
    assert "reason: lost its way\n" in text
    assert "  accuracy.mean: 0.93\n" in text
    assert "resume: harmonium train --resume " in text
    assert "  model.visible: 64\n" in text
    found = json.loads(harmonium("runs", "show", "digits", "--json").stdout)
    assert found["results"] == {"accuracy": {"mean": 0.93}}
    assert found["recipe"]["model"] == {"type": "rbm", "visible": 64}


def trials(*accuracies):
    methods = [{"rbm": {"accuracy": x, "error": 1 - x, "processor_s": 2.0}} for x in accuracies]
    return {"trials": [{"seed": k, "methods": m} for k, m in enumerate(methods)]}


def test_results_of_trials_are_summed_up(harmonium, made):
    first = made("a", results=trials(0.9, 0.92))
    second = made("b", results=trials(0.5))
    shown = harmonium("runs", "show", "a").stdout
    assert "  restricted Boltzmann machine  value        unit\n" in shown
    assert "  test accuracy                 91.0 +- 1.4  %\n" in shown
    assert "resume:" not in shown
    lines = harmonium("runs", "compare", "a", "b").stdout.splitlines()
    rows = [re.split("  +", line) for line in lines[:2]]
    assert rows == [
        ["method", "result", first.name, second.name],
        ["restricted Boltzmann machine", "test accuracy, %", "91.0 +- 1.4", "50.0"],
    ]
    found = json.loads(harmonium("runs", "show", "a", "--json").stdout)
    assert found["results"] == trials(0.9, 0.92)


def test_warnings_that_repeat_are_shown_once_with_their_number(harmonium, made):
    path = made("a")
    finding = {"kind": "dead units", "found": "6 of 9", "means": "wasted", "remedy": "less"}
    rows = [
        {"trial": t, "stage": "train", "epoch": 1, "update": 1, "findings": [finding]}
        for t in (0, 1)
    ]
    (path / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    shown = harmonium("runs", "show", "a").stdout
    assert shown.count("warning:") == 1
    assert (
        "warning: dead units in 2 of 2 trials (training, epoch 1)\n  Seen: 6 of 9 (in trial 2).\n"
        "  Meaning: Wasted.\n  What to do: Less.\n"
    ) in shown


def test_compare_shows_results_and_differing_settings(harmonium, made):
    made("a", seed=0, results={"accuracy": 0.9})
    made("b", seed=1, results={"accuracy": 0.8, "log_p": -90.5})
    found = json.loads(harmonium("runs", "compare", "a", "b", "--json").stdout)
    assert found["results"] == {"accuracy": [0.9, 0.8], "log_p": [None, -90.5]}
    assert found["settings"] == {"name": ["a", "b"], "seed": [0, 1]}
    text = harmonium("runs", "compare", "a", "b").stdout
    assert [line.split() for line in text.splitlines() if line.startswith("accuracy")] == [
        ["accuracy", "0.9", "0.8"]
    ]
    assert "model" not in text
    assert "All settings are the same." in harmonium("runs", "compare", "a", "a").stdout


def test_rm_asks_first(harmonium, made):
    path = made("digits")
    result = harmonium("runs", "rm", "last", input="n\n")
    assert result.exit_code == 1
    assert path.is_dir()
    result = harmonium("runs", "rm", "last", input="y\n")
    assert result.exit_code == 0
    assert not path.exists()


def test_rm_does_not_ask_who_said_yes(harmonium, made):
    paths = [made("a"), made("b")]
    result = harmonium("runs", "rm", "a", "b", "--yes")
    assert result.exit_code == 0
    assert not any(path.exists() for path in paths)
    assert len(result.stdout.splitlines()) == 2


def test_rm_refuses_a_run_that_goes_on(refused, made):
    path, other = made("digits", process="another", status="running"), made("done")
    with locked(path):
        assert "this run goes on; stop it first" in refused("runs", "rm", "digits", "done", "-y")
        (path / "status.json").write_text("{")
        assert "this run goes on; stop it first" in refused("runs", "rm", path, "-y")
    assert path.is_dir()
    assert other.is_dir()


def test_rm_refuses_what_is_no_run(refused, made, tmp_path):
    home = tmp_path / "runs" / "x" / "20260101-000000-0000"
    home.mkdir(parents=True)
    (home / "status.json").write_text('{"status": "done"}')
    (home / "thesis.tex").touch()
    assert "not a run directory (it has no recipe.yaml)" in refused("runs", "rm", home, "-y")
    assert (home / "thesis.tex").exists()
    link = tmp_path / "runs" / "x" / "link"
    link.symlink_to(made("digits"))
    assert "not a run directory (a link)" in refused("runs", "rm", link, "-y")


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "5", "{}", '{"status": ["done"]}', '{"status": "done", "started": 5}',
        "[" * 100_000, '{"status": "done", "format": ' + "9" * 5000 + "}",
        '{"status": "done", "started": "2026-01-01T00:00:00"}',
    ],
)  # fmt: skip
def test_a_damaged_run_is_listed_shown_in_words_and_removed(text, harmonium, refused, made):
    good, bad = made("digits"), made("mnist")
    (bad / "status.json").write_text(text)
    listed = harmonium("runs", "ls").stdout
    assert good.name in listed
    assert [line.split()[1] for line in listed.splitlines() if bad.name in line] == ["damaged"]
    assert "status.json" in refused("runs", "show", bad)
    assert harmonium("runs", "rm", bad, "-y").exit_code == 0
    assert not bad.exists()
    assert good.exists()


def test_what_a_kill_left_before_the_run_began_is_listed_and_removed(
    harmonium, refused, made, tmp_path
):
    made("digits")
    left = new_directory(tmp_path / "runs", "digits")
    rows = {row["run"]: row for row in json.loads(harmonium("runs", "ls", "--json").stdout)}
    (row,) = [row for run, row in rows.items() if left.name in run]
    assert row["status"] == "never began"
    assert "remove it with `harmonium runs rm`" in refused("runs", "show", left)
    assert "remove it with `harmonium runs rm`" in refused("train", "--resume", left)
    assert harmonium("runs", "rm", left, "-y").exit_code == 0
    assert not left.exists()


@pytest.mark.parametrize("line", ["5", "{}", "garbage", "[" * 100_000])
def test_odd_metrics_are_said_with_their_line(line, refused, made):
    path = made("digits")
    (path / "metrics.jsonl").write_text(f"{line}\n")
    assert "metrics.jsonl, line 1: " in refused("runs", "show", path)


def test_a_clock_that_was_set_back_shows_no_time(harmonium, made):
    made("digits", started="2026-01-02T00:00:00+0000", ended="2014-01-02T00:00:00+0000")
    (row,) = json.loads(harmonium("runs", "ls", "--json").stdout)
    assert row["seconds"] is None
