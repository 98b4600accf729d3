"""Radial basis nets: centres, width, and the matrix that interpolates."""

import pytest
import torch

from harmonium.learning import Ridge
from harmonium.nets import RadialBasisNet

SOURCE = torch.Generator().manual_seed(0)
X = torch.randn(30, 2, generator=SOURCE, dtype=torch.float64)


def prepared(count, **settings):
    net = RadialBasisNet([2, count, 1], outputs="values", **settings).double()
    net.prepare(X, torch.Generator().manual_seed(1))
    return net


def test_centres_are_different_training_rows_drawn_by_the_seed():
    net = prepared(20)
    gaps = torch.cdist(net.centres, X)
    assert (gaps.amin(1) < 1e-7).all()
    assert len(gaps.argmin(1).unique()) == 20
    assert torch.equal(net.centres, prepared(20).centres)


def test_the_width_is_the_root_mean_square_distance_of_centres_over_root_two():
    net = prepared(20)
    squares = torch.cdist(net.centres, net.centres).square().mean()
    assert float(net.width) == pytest.approx(float((squares / 2).sqrt()))
    assert float(prepared(20, width=0.7).width) == pytest.approx(0.7)


def test_features_are_gaussian_bumps():
    net = prepared(3, width=0.5)
    expected = torch.exp(-((X[:, None] - net.centres) ** 2).sum(-1) / (2 * 0.25))
    torch.testing.assert_close(net.features(X), expected)


def test_a_centre_at_every_row_fits_any_values():
    values = torch.randn(30, 1, generator=SOURCE, dtype=torch.float64)
    net = prepared(30, width=0.5)
    Ridge(net, strength=1e-12).step({"x": X, "y": values})
    torch.testing.assert_close(net(X).detach(), values, atol=1e-4, rtol=0)


def test_more_centres_than_rows_are_refused():
    with pytest.raises(ValueError, match="31 centres are drawn from 30 rows"):
        prepared(31)
