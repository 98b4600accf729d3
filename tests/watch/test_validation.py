"""Figures on rows that are not learned from, by hand."""

import pytest
import torch

from harmonium.data import Split
from harmonium.models import adapted
from harmonium.watch import ValidationWatch


def test_loss_accuracy_and_error():
    net = torch.nn.Sequential(torch.nn.Linear(3, 2))
    x = torch.rand(40, 3, generator=torch.Generator().manual_seed(0))
    y = torch.arange(40) % 2
    found = ValidationWatch(adapted(net), Split(x, y)).measure(1)
    logits = net(x).detach()
    right = float((logits.argmax(1) == y).double().mean())
    loss = float(torch.nn.functional.cross_entropy(logits, y))
    assert found["val/loss"] == pytest.approx(loss, rel=1e-6)
    assert (found["val/accuracy"], found["val/error"]) == (right, 1 - right)
