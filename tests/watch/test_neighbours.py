"""The error of neighbours while codes are learned."""

import torch

from harmonium.data import Examples
from harmonium.models import adapted
from harmonium.nets import Embedding
from harmonium.random import seeded
from harmonium.watch import NeighboursWatch
from harmonium.watch import neighbours as watched

X = torch.randn(40, 4, generator=torch.Generator().manual_seed(0))
ROWS = Examples({"x": X, "y": torch.arange(40) % 2})


def test_it_is_the_error_on_the_codes_and_changes_nothing(monkeypatch):
    with seeded(0):
        net = Embedding([4, 4])
    with torch.no_grad():
        net.code.weight.copy_(torch.eye(4))
    model = adapted(net)
    everything = NeighboursWatch(model, ROWS, held=ROWS).measure(1)
    assert [*everything] == ["val/knn_error"]
    distances = torch.cdist(X, X)
    votes = ROWS.y[distances.topk(5, largest=False).indices].double().mean(1) > 0.5
    expected = float((votes.long() != ROWS.y).double().mean())
    assert everything["val/knn_error"] == expected
    monkeypatch.setattr(watched, "ASKED", 10)
    few = NeighboursWatch(model, ROWS, held=ROWS)
    assert len(few.held) == 10
