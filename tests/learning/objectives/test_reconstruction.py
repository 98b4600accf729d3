"""Rows as targets of what is made of them."""

import torch
from torch import nn

from harmonium.learning.objectives import Bernoulli, Reconstruction, SquaredError

X = torch.rand(5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_target_is_the_row():
    assert Reconstruction(SquaredError())(nn.Identity(), {"x": X}).tolist() == [0.0] * 5


def test_the_net_sees_the_damage_and_is_compared_with_the_row_before_it():
    seen = []

    class Net(nn.Module):
        def forward(self, x):
            seen.append(x)
            return x

    loss = Reconstruction(SquaredError(), lambda x: 0 * x)(Net(), {"x": X})
    assert torch.equal(seen[0], torch.zeros_like(X))
    torch.testing.assert_close(loss, X.square().sum(1) / 2)


def test_it_has_the_name_and_the_outputs_of_its_objective():
    found = Reconstruction(Bernoulli())
    assert (found.figure, found.outputs) == ("bernoulli", ("classes", "probabilities"))
