"""Bounds of a sigmoid belief net: pieces and samples; their values are a law."""

import pytest
import torch

from harmonium.nets import SigmoidBeliefNet, bounded_belief
from harmonium.random import generator, seeded


def made():
    with seeded(0):
        net = SigmoidBeliefNet([6, 4, 3]).double()
    return net, (torch.rand(40, 6, generator=generator(1)) > 0.5).double()


def test_pieces_of_rows_and_of_samples_change_only_the_draws(monkeypatch):
    net, x = made()
    whole = bounded_belief.bounds(net, x, samples=4000, source=generator(2))
    monkeypatch.setattr(bounded_belief, "_AT_ONCE", 10_000)
    parts = bounded_belief.bounds(net, x, samples=4000, source=generator(3))
    for name, values in whole.items():
        assert values.shape == (40,)
        torch.testing.assert_close(values, parts[name], atol=0.2, rtol=0)
    exact = net.log_prob(x)
    torch.testing.assert_close(parts["importance_weighted"], exact, atol=0.15, rtol=0)
    assert bool((parts["elbo"] < exact).all())


def test_no_samples_are_refused():
    net, x = made()
    with pytest.raises(ValueError, match="at least 1 is needed"):
        bounded_belief.bounds(net, x, samples=0)
