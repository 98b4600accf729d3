"""The range test of learning rates."""

import copy

import pytest
import torch

from harmonium.learning import Descent, cross_entropy
from harmonium.learning.fused_backward import FusedDescent
from harmonium.learning.range_test import _suggested, range_test
from harmonium.nets import MLP
from harmonium.nets.dropout import set_source
from harmonium.random import generator, seeded

X = torch.randn(200, 5, generator=generator(0), dtype=torch.float64)
Y = (X[:, 0] > 0).long()
BATCHES = [{"x": X[k : k + 20], "y": Y[k : k + 20]} for k in range(0, 200, 20)]


def learner(**settings):
    with seeded(0):
        net = MLP([5, 8, 2], **settings).double()
    return Descent(net, torch.optim.SGD(net.parameters(), lr=0.7, momentum=0.5), cross_entropy)


def test_rates_grow_exponentially_and_the_test_ends_at_four_times_the_best_loss():
    found = range_test(learner(), BATCHES, low=1e-4, high=1e4, updates=161)
    steps = {round(b / a, 9) for a, b in zip(found.rates, found.rates[1:], strict=False)}
    assert steps == {round(10 ** (8 / 160), 9)}
    assert found.rates[0] == pytest.approx(1e-4)
    assert found.rates[-1] < 1e4
    assert max(found.losses) <= 4 * min(found.losses) + 1e-9


def test_the_suggested_rate_learns_and_is_well_below_the_end():
    found = range_test(learner(), BATCHES, low=1e-4, high=1e4, updates=161)
    assert 1e-3 < found.suggestion <= found.rates[found.losses.index(min(found.losses))] / 10
    trained = {}
    for rate in (found.suggestion, 1e-4):
        one = learner()
        one.optimiser.param_groups[0]["lr"] = rate
        for _ in range(5):
            for batch in BATCHES:
                loss = one.step(batch)["loss"]
        trained[rate] = float(loss)
    assert trained[found.suggestion] < 0.8 * trained[1e-4]


def test_the_suggestion_is_the_steepest_fall_or_a_tenth_of_the_lowest():
    rates = [10.0**k for k in range(-6, 3)]
    falling = [1.0, 1.0, 0.9, 0.5, 0.45, 0.44, 0.43, 0.42, 3.0]
    assert _suggested(rates, falling) == 1e-4
    late = [1.0, 1.0, 1.0, 1.0, 0.9, 0.3, 0.9, 2.0, 3.0]
    assert _suggested(rates, late) == pytest.approx(1e-2)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_nothing_is_changed(dropout):
    one, source = learner(dropout=dropout), generator(3)
    set_source(one.module, source)
    one.step(BATCHES[0])
    before, state = copy.deepcopy(one.state_dict()), source.get_state()
    world = torch.get_rng_state()
    first = range_test(one, BATCHES, updates=30)
    assert first == range_test(one, BATCHES, updates=30)
    after = one.state_dict()
    assert all(torch.equal(after["net"][k], before["net"][k]) for k in before["net"])
    assert str(after["optimiser"]) == str(before["optimiser"])
    assert torch.equal(source.get_state(), state)
    assert torch.equal(torch.get_rng_state(), world)


def test_a_learner_that_cannot_be_copied_is_refused():
    with seeded(0):
        net = MLP([5, 8, 2]).double()
    one = FusedDescent(net, cross_entropy, optimiser=lambda p: torch.optim.SGD(p, lr=0.7))
    with pytest.raises(TypeError, match="FusedDescent is not copied"):
        range_test(one, BATCHES, updates=30)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"low": 1.0, "high": 0.1}, "give a high rate above"),
        ({"updates": 2}, "at least 3 updates"),
        ({"low": 1e8, "high": 1e9}, "the loss grew at once"),
    ],
)
def test_what_is_no_range_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        range_test(learner(), BATCHES, **settings)
    with pytest.raises(ValueError, match="no more batches"):
        range_test(learner(), iter(BATCHES))
