"""The penalty of absolute values."""

import torch
from torch import nn

from harmonium.learning.code_penalties.absolute import Absolute


def test_it_is_the_sum_of_each_row():
    code = torch.tensor([[1.0, -2.0], [0.0, 0.5]], dtype=torch.float64, requires_grad=True)
    found = Absolute(strength=2.0)(nn.Identity(), code, code=code)
    assert found.tolist() == [6, 1]
    found.sum().backward()
    assert code.grad.tolist() == [[2, -2], [0, 2]]
