"""Calibration as a stage: coverage of the validation rows, what it needs."""

import pytest
import torch

from harmonium.data.series_files import Tabled
from harmonium.data.windows import cut
from harmonium.training import train


def recipe(folder, validation=0.3, **changes):
    draws = torch.randn(200, generator=torch.Generator().manual_seed(0)).tolist()
    (folder / "noise.csv").write_text("\n".join(["a", *map(str, draws)]) + "\n")
    source = {"type": "windows", "path": str(folder / "noise.csv"), "context": 5, "horizon": 2}
    return {
        "version": 1,
        "seed": 0,
        "data": {"source": {**source, "validation": validation}},
        "model": {"type": "forecast", "recurrent": {"type": "gru", "inputs": 1, "hidden": 3},
                  "horizon": 2},
        "stages": [{"type": "supervised", "objective": "pinball", "epochs": 1},
                   {"type": "conformal"}],
        "judge": ["horizon"],
        **changes,
    }  # fmt: skip


def test_the_intervals_hold_the_promised_share_of_the_validation_rows(tmp_path):
    run = train(recipe(tmp_path), output=tmp_path)
    held = run.results["trials"][0]["methods"]["forecast"]
    assert held["coverage"] == pytest.approx(0.9, abs=0.1)
    net, data = run.machine(0), None
    frames = torch.tensor([float(v) for v in (tmp_path / "noise.csv").read_text().split()[1:]])
    data = cut("n", Tabled(frames[:, None].double(), ("a",)), context=5, horizon=2,
               held=(0.3, 0.2))  # fmt: skip
    batch = data.validation.batch(slice(None))
    low, _, high = net.intervals(batch["x"])
    y = batch["y"].view_as(low)
    covered = ((y >= low) & (y <= high)).double().mean((0, 2))
    n = len(y)
    assert torch.allclose(covered, torch.tensor(-(-(n + 1) * 9 // 10) / n).double(), atol=1e-6)


def test_without_validation_rows_it_says_what_to_do(tmp_path):
    with pytest.raises(ValueError, match="set `validation` of the source to a share"):
        train(recipe(tmp_path, validation=None), output=tmp_path)


def test_it_needs_intervals(tmp_path):
    model = {"type": "mlp", "units": [5, 3, 2], "outputs": "values"}
    with pytest.raises(ValueError, match="no model .* forecasts several frames with intervals"):
        train(recipe(tmp_path, model=model), output=tmp_path)
