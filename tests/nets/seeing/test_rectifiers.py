"""Other backward passes of rectified units: every way of calling them, and the same values."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from harmonium.nets.seeing.rectifiers import Rectifiers, leaking, rectified_signals

WAYS = {
    "module": nn.ReLU(),
    "in place": nn.ReLU(inplace=True),
    "function": functional.relu,
    "keyword": lambda x: functional.relu(input=x),
    "torch": torch.relu,
    "method": lambda x: x.relu(),
}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_every_way(way):
    start = torch.tensor([-2.0, -1.0, 1.0, 2.0])
    down = torch.tensor([1.0, -1.0, 1.0, -1.0])
    expected = {
        rectified_signals: [1.0, 0.0, 1.0, 0.0],
        leaking: [0.1, -0.1, 1.0, -1.0],
        None: [0.0, 0.0, 1.0, -1.0],
    }
    for backward, found in expected.items():
        x = start.clone().requires_grad_()
        if backward is None:
            y = WAYS[way](1 * x)
        else:
            with Rectifiers(backward):
                y = WAYS[way](1 * x)
        assert y.tolist() == [0, 0, 1, 2]
        y.backward(down)
        torch.testing.assert_close(x.grad, torch.tensor(found))
