"""The section of a reservoir through time."""

import pytest
import torch

from harmonium.report.evidence import Evidence
from harmonium.report.sections.reservoir import section
from harmonium.training import train


@pytest.fixture
def evidence(tmp_path):
    source = torch.Generator().manual_seed(0)
    for part, rows in {"train": 20, "test": 6}.items():
        lines = []
        for row in range(rows):
            steps = torch.arange(6 + row % 4) * (0.3, 0.9)[row % 2]
            values = steps.sin() + 0.1 * torch.randn(len(steps), generator=source)
            lines.append(",".join(f"{v:.4f}" for v in values.tolist()) + f":{'ab'[row % 2]}\n")
        (tmp_path / f"{part}.ts").write_text("@data\n" + "".join(lines))
    files = {"path": str(tmp_path / "train.ts"), "test": str(tmp_path / "test.ts")}
    recipe = {
        "threads": 1,
        "data": {"source": {"type": "series", **files, "standardise": False}},
        "model": {
            "type": "reservoir",
            "reservoir": {"type": "echo_state", "inputs": 1, "hidden": 10},
            "targets": 2,
        },
        "train": {"type": "ridge"},
    }
    found = Evidence(train(recipe, output=tmp_path / "runs"))
    found.read_data()
    return found


def test_it_shows_two_held_out_series_to_their_ends(evidence):
    first, second = section(evidence).parts
    assert first.alt.startswith("The test series 0 of class a, 6 frames, with some of its 10")
    assert second.alt.startswith("The test series 3 of class b, 9 frames")
    assert "the last frame decides" in second.caption
    lines = first.figure.axes[0].lines
    assert [len(line.get_xdata()) for line in lines] == [6]


def test_other_models_have_none(evidence):
    evidence.__dict__["models"] = {}
    assert section(evidence) is None
