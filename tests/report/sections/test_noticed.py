"""What a run noticed: each kind once with trials and epochs; no section without a check."""

import json

from harmonium.report.evidence import Evidence
from harmonium.report.sections.noticed import ENTRY, section
from harmonium.runs import Run


def finding(kind, found="6 of 16"):
    means = "such units are wasted"
    return {"kind": kind, "found": found, "means": means, "remedy": "centre the gradient"}


def seen(folder, rows, *, results=None):
    run = Run.create(folder, "noticed")
    place = {"trial": 0, "stage": "train", "update": 1}
    lines = [json.dumps({**place, "epoch": n, **row}) + "\n" for n, row in enumerate(rows, 1)]
    (run.path / "metrics.jsonl").write_text("".join(lines))
    if results is not None:
        (run.path / "results.json").write_text(json.dumps(results))
    return Evidence(run)


def judged(*findings):
    return {"trials": [{"seed": 0, "methods": {"rbm": {"findings": list(findings)}}}]}


def test_nothing_where_nobody_looked(tmp_path):
    assert ENTRY.section(seen(tmp_path, [{"rbm/reconstruction": 0.1}])) is None


def test_a_kind_that_lasts_is_one_row_with_its_last_words(tmp_path):
    first, last = finding("dead units", "1 of 16"), finding("dead units", "6 of 16")
    rows = [{"findings": [first]}, {}, {"findings": [last, finding("chains lag")]}]
    table, words = section(seen(tmp_path, rows)).parts
    told = ["6 of 16.", "Such units are wasted.", "Centre the gradient."]
    assert table.columns == ["what", "seen", "meaning", "what to do"]
    assert table.rows == [
        ["dead units (training, epochs 1, 3)", *told],
        ["chains lag (training, epoch 3)", *told],
    ]
    assert words.startswith("Checked for (at epochs 1, 3): weights")


def test_trials_that_agree_share_a_row_with_their_number(tmp_path):
    rows = [{"trial": t, "findings": [finding("dead units", f"{t} of 16")]} for t in (0, 2)]
    table, _ = section(seen(tmp_path, [*rows, {"trial": 1, "findings": []}])).parts
    (row,) = table.rows
    assert row[:2] == [
        "dead units in 2 of 3 trials (training, epochs 1, 2)",
        "2 of 16 (in trial 3).",
    ]


def test_findings_of_an_old_run_have_no_meaning(tmp_path):
    old = {"kind": "dead units", "found": "1 of 16", "remedy": "centre the gradient"}
    table, _ = section(seen(tmp_path, [{"findings": [old]}])).parts
    assert table.columns == ["what", "seen", "what to do"]
    assert table.rows == [["dead units (training, epoch 1)", "1 of 16.", "Centre the gradient."]]


def test_what_was_looked_for_is_what_could_be_seen(tmp_path):
    plain = section(seen(tmp_path / "a", [{"findings": []}])).parts[0]
    assert plain.startswith("The checks found nothing to mend. Checked for (at epoch 1): weights")
    assert "chains" not in plain
    assert "validation" not in plain
    assert "log Z" not in plain
    row = {"findings": [], "chains/flip_rate": 0.1, "chains/r_hat": 1.0, "rbm/free_energy_gap": 0}
    full = section(seen(tmp_path / "b", [row], results=judged())).parts[0]
    for words in ("free energy differs from", "disagree", "validation rows", "estimates of log Z"):
        assert words in full


def test_a_judge_has_no_epochs(tmp_path):
    results = judged(finding("doubtful log Z"))
    table, words = section(seen(tmp_path, [{}], results=results)).parts
    assert table.rows[0][0] == "doubtful log Z (evaluation)"
    assert (
        words
        == "Checked for: estimates of log Z that rest on few runs, or that differ from each other."
    )
