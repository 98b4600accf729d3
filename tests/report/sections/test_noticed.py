"""What a run noticed: each kind once with its epochs; silence only where nobody looked."""

import json

from harmonium.report.evidence import Evidence
from harmonium.report.sections.noticed import section
from harmonium.runs import Run


def finding(kind, found="6 of 16"):
    return {"kind": kind, "found": found, "remedy": "centre the gradient"}


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
    assert section(seen(tmp_path, [{"rbm/reconstruction": 0.1}])) is None


def test_a_kind_that_lasts_is_one_row_with_its_last_words(tmp_path):
    first, last = finding("dead units", "1 of 16"), finding("dead units", "6 of 16")
    rows = [{"findings": [first]}, {}, {"findings": [last, finding("chains lag")]}]
    table, words = section(seen(tmp_path, rows)).parts
    assert table.rows == [
        ["training", "1, 3", "dead units", "6 of 16", "centre the gradient"],
        ["training", "3", "chains lag", "6 of 16", "centre the gradient"],
    ]
    assert words.startswith("Looked for (at epochs 1, 3): weights")


def test_what_was_looked_for_is_what_could_be_seen(tmp_path):
    plain = section(seen(tmp_path / "a", [{"findings": []}])).parts[0]
    assert plain.startswith("Nothing that needs a remedy.")
    assert "chains" not in plain
    assert "validation" not in plain
    assert "log Z" not in plain
    row = {"findings": [], "chains/flip_rate": 0.1, "chains/r_hat": 1.0, "rbm/free_energy_gap": 0}
    full = section(seen(tmp_path / "b", [row], results=judged())).parts[0]
    for words in ("free energy is not that", "disagree", "validation rows", "estimates of log Z"):
        assert words in full


def test_a_judge_has_no_epochs(tmp_path):
    results = judged(finding("doubtful log Z"))
    table, words = section(seen(tmp_path, [{}], results=results)).parts
    assert table.rows[0][:3] == ["judge", None, "doubtful log Z"]
    assert words.startswith("Looked for: estimates of log Z") or "estimates of log Z" in words
