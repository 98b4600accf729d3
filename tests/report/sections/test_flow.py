"""Gradients by layer in a report: the numbers of the metrics, or the reason for none."""

import json

import pytest

from harmonium.report.evidence import Evidence
from harmonium.report.sections.flow import ENTRY, section
from harmonium.runs import Run


def seen(folder, rows):
    run = Run.create(folder, "net")
    place = {"trial": 0, "stage": "train", "update": 1}
    lines = [json.dumps({**place, **row}) + "\n" for row in rows]
    (run.path / "metrics.jsonl").write_text("".join(lines))
    return Evidence(run)


def row(epoch, first):
    figures = {"gradient/h1": first, "gradient/outputs": 0.5, "flow/gradient_ratio": 2 * first}
    return {"epoch": epoch, **figures, "flow/dead_units": 3.0, "flow/active_share": 0.25}


def test_bars_of_the_last_look_and_lines_by_epoch(tmp_path):
    found = section(seen(tmp_path, [row(1, 0.001), {"epoch": 2, "train/loss": 1}, row(5, 0.01)]))
    bars, lines, table = found.parts
    assert "h1 1.00e-02, outputs 5.00e-01" in bars.alt
    heights = [b.get_y() + b.get_height() for b in bars.figure.axes[0].patches]
    assert heights == pytest.approx([0.01, 0.5])
    assert [len(line.get_xdata()) for line in lines.figure.axes[0].lines[:1]] == [2]
    assert table.rows == [
        ["training", 1, 0.002, 3, 0.25, None],
        ["training", 5, 0.02, 3, 0.25, None],
    ]


def test_one_look_has_no_lines(tmp_path):
    bars, table = section(seen(tmp_path, [row(1, 0.001)])).parts
    assert "after epoch 1" in bars.alt
    assert len(table.rows) == 1


def test_a_run_without_nets_gives_the_reason(tmp_path):
    evidence = seen(tmp_path, [{"epoch": 1, "rbm/reconstruction": 0.1}])
    assert ENTRY.section(evidence) is None
    assert "no stage of this run trains the layers of a net" in evidence.left_out[ENTRY.title]
