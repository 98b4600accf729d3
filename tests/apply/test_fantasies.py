import math

import pytest
import torch

from harmonium import belief_net, exact, rbm
from harmonium.apply.fantasies import fantasies
from harmonium.random import seeded

NAN = math.nan


def made(build):
    with seeded(0):
        return build()


def test_means_are_those_of_the_model():
    graph = made(lambda: rbm(5, 3, std=1.5))
    n = 20_000
    found = fantasies(graph, n, sweeps=30, seed=1).mean(0)
    expected = exact.moments(graph)["v"][0]
    assert torch.allclose(found, expected, atol=5 * 0.5 / n**0.5)


def test_known_values_stay_and_the_others_follow_their_conditional():
    graph = made(lambda: rbm(5, 3, std=1.5))
    n = 20_000
    known = torch.tensor([1.0, NAN, 0.0, NAN, NAN])
    found = fantasies(graph, n, sweeps=30, clamp=known, seed=1)
    assert bool((found[:, 0] == 1).all())
    assert bool((found[:, 2] == 0).all())
    states, p = exact.distribution(graph)
    fits = (states["v"][:, 0] == 1) & (states["v"][:, 2] == 0)
    expected = (p[fits, None] * states["v"][fits]).sum(0) / p[fits].sum()
    assert torch.allclose(found.mean(0), expected.float(), atol=5 * 0.5 / n**0.5)


def test_each_row_may_hold_its_own_values():
    known = torch.tensor([[1.0, NAN], [NAN, 0.0]])
    found = fantasies(rbm(2, 2), 2, sweeps=3, clamp=known)
    assert found[0, 0] == 1
    assert found[1, 1] == 0
    assert 0 < found[0, 1] < 1


def test_a_seed_repeats_the_draw():
    for machine in (made(lambda: rbm(5, 3, std=1.5)), made(lambda: belief_net(5, 4, 3, std=1.5))):
        first, again = (fantasies(machine, 4, sweeps=5, seed=3) for _ in range(2))
        assert torch.equal(first, again)
        assert first.shape == (4, 5)
        assert not torch.equal(first, fantasies(machine, 4, sweeps=5, seed=4))


@pytest.mark.parametrize(
    ("clamp", "message"),
    [
        (torch.zeros(3), r"shape \(3,\), but 2 samples of 5 values need \(5,\) or \(2, 5\)"),
        (torch.zeros(3, 5), r"shape \(3, 5\), but 2 samples"),
        (torch.full((5,), math.inf), "infinite"),
        (torch.tensor([2.0, NAN, NAN, NAN, NAN]), r"2"),
    ],
)
def test_a_clamp_that_does_not_fit_is_refused(clamp, message):
    with pytest.raises(ValueError, match=message):
        fantasies(rbm(5, 3), 2, sweeps=1, clamp=clamp)


def test_what_cannot_be_done_is_refused():
    with pytest.raises(ValueError, match="none can be held; train a single rbm"):
        fantasies(belief_net(5, 4, 3), 2, clamp=torch.zeros(5))
    with pytest.raises(ValueError, match="0 samples of 1 sweeps"):
        fantasies(rbm(5, 3), 0, sweeps=1)


@pytest.mark.parametrize("build", [lambda: rbm(5, 3), lambda: belief_net(5, 3, 2)])
def test_more_samples_than_memory_holds_are_refused(build, monkeypatch):
    monkeypatch.setattr("harmonium.memory.free", lambda: 1000.0)
    with pytest.raises(ValueError, match="drawing 100 samples at once needs .* and 1000 bytes is"):
        fantasies(made(build), 100)
