"""Outputs in the units of their targets."""

import pytest
import torch

from harmonium.nets.rescaled import Rescaled

Y = torch.tensor([[1.0, 7], [3, 7], [8, 7]], dtype=torch.float64)


def test_it_takes_means_and_spreads_and_leaves_a_constant_its_scale():
    part = Rescaled(2).double()
    z = torch.eye(2, dtype=torch.float64)
    assert torch.equal(part(z), z)
    part.fit(Y)
    spread = Y[:, 0].std(correction=0)
    torch.testing.assert_close(part.mean, Y.mean(0))
    torch.testing.assert_close(part.scale, torch.stack([spread, torch.ones_like(spread)]))
    torch.testing.assert_close(
        part(z), torch.stack([part.mean + z[k] * part.scale for k in (0, 1)])
    )


def test_weights_count_like_repeated_rows():
    one, other = Rescaled(2).double(), Rescaled(2).double()
    one.fit(Y, torch.tensor([2.0, 0, 1], dtype=torch.float64))
    other.fit(Y[[0, 0, 2]])
    torch.testing.assert_close(one.mean, other.mean)
    torch.testing.assert_close(one.scale, other.scale)


def test_it_has_no_parameters_and_is_saved():
    part = Rescaled(2)
    assert not [*part.parameters()]
    assert {*part.state_dict()} == {"mean", "scale"}


def test_weights_are_relative():
    y, weights = torch.tensor([[10.0], [25.0]]), torch.tensor([2.0, 4.0])
    part = Rescaled(1)
    part.fit(y, weights)
    assert float(part.mean) == pytest.approx(20)
    assert float(part.scale) == pytest.approx(50**0.5)
