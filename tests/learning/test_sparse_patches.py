"""A sparse autoencoder of photographs learns filters of edges."""

import pytest
import torch

from harmonium.describe.builtin import find
from harmonium.learning.frequencies import tuning
from harmonium.report.evidence import Evidence
from harmonium.training import train


@pytest.mark.slow
def test_units_are_sparse_and_tuned(tmp_path):
    """Measured: cost .441 of .500, mean activity .0109, 22 of 25 filters tuned."""
    run = train(find("patches_sparse"), output=tmp_path)
    last = [row for row in run.metrics() if row["stage"] == "train"][-1]
    assert last["train/cost"] <= 0.46
    assert not last.get("findings")
    net = run.machine(0)
    evidence = Evidence(run)
    evidence.read_data()
    x = evidence.data.train.x
    with torch.no_grad():
        rate = float(net.encode(x).mean())
        error = float((net.reconstruct(x) - x).square().sum(1).mean() / 2)
    assert abs(rate - 0.01) <= 0.003
    assert error < 0.8 * float(x.var(0).sum() / 2)  # the rates alone would leave all of it
    shares = tuning(net.encoder[0].weight.detach().reshape(25, 8, 8))
    assert int((shares >= 0.75).sum()) >= 20
