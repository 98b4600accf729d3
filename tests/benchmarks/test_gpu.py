"""The GPU's script without a GPU: its update against Learner's, and every path but the graph."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from harmonium import exact, rbm

HERE = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """benchmarks/gpu.py, which is no package's."""
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.delitem(sys.modules, "gpu", raising=False)
    import gpu  # type: ignore[import-not-found]

    return gpu


def test_its_update_is_the_learners(gpu: ModuleType) -> None:
    assert gpu.check(torch.device("cpu")) < 1e-12


def test_another_update_is_found_out(gpu: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "FOLLOW", 0.02)
    with pytest.raises(SystemExit, match="differs from Learner's"):
        gpu.check(torch.device("cpu"))


def test_the_low_precision_update_learns_the_same(gpu: ModuleType) -> None:
    """Two pixels are always equal, which is worth .67 nats: products in bf16 find that out too."""
    torch.manual_seed(0)
    rows = (torch.rand(1000, 40, 8) < torch.linspace(0.4, 0.6, 8)).float()
    rows[:, :, 1] = rows[:, :, 0]
    scores = []
    for low in (torch.float32, torch.bfloat16):
        update = gpu.Static((8, 4, 40), like=torch.zeros(()), low=low)
        source = torch.Generator().manual_seed(0)
        for k, x in enumerate(rows):
            update.rate.fill_(0.5 * (1 - k / len(rows)))
            update.update(x.to(low), source)
        graph = rbm(8, 4)
        values = (update.b, update.c, update.w)
        graph.load_state_dict(dict(zip(graph.state_dict(), values, strict=True)))
        log_p = -graph.free_energy({"v": rows.flatten(0, 1)}, ("h",)).double()
        scores.append(float((log_p.mean() - exact.log_partition(graph)).detach()))
    p = rows.flatten(0, 1).mean(0).double()
    alone = float((p * p.log() + (1 - p) * (1 - p).log()).sum())
    assert all(score > alone + 0.4 for score in scores)
    assert abs(scores[1] - scores[0]) < 0.1


def test_dry_run(
    gpu: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "gpu.json"
    words = f"gpu.py --device cpu --sizes 16x12x8 --updates 2 --seconds .01 --out {out}"
    monkeypatch.setattr(sys, "argv", words.split())
    gpu.main()
    found = json.loads(out.read_text())
    who = {(row["kind"], row["who"]) for row in found["rows"]}
    both = {"ours, static", "floor, five", "floor, stacked"}
    assert {(kind, name) for kind in gpu.KINDS for name in both} <= who
    assert all(row["us"] > 0 for row in found["rows"])
    assert "| 16 x 12, batch 8 | bf16 | ours, static |" in capsys.readouterr().out


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so(gpu: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["gpu.py"])
    with pytest.raises(SystemExit, match="no CUDA device here"):
        gpu.main()
