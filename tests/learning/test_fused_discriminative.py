"""The fused discriminative update walks with the readable one, whose gradient is autograd's.

In double precision both draw the same numbers, so that they walk the same path.
"""

import copy

import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, Categorical, Dense, EnergyGraph, Gaussian, classification_rbm
from harmonium.learning import CD, FPCD, L1, L2, PCD, Discriminative, Learner
from harmonium.learning.fused_discriminative import FusedDiscriminative
from harmonium.random import generator
from harmonium.sampling import mean
from tests.laws.specimens import randomised

UPDATES = 30


def turned():
    """The same machine, wired the other way round."""
    units = {"v": Bernoulli(12), "y": Categorical(3), "h": Bernoulli(5)}
    return EnergyGraph(units, {("h", "v"): Dense((5,), (12,)), ("h", "y"): Dense((5,), (3,))})


def plain():
    return classification_rbm(12, 5, classes=3)


def sgd(graph, **settings):
    return torch.optim.SGD(graph.parameters(), **{"lr": 0.3, **settings})


def updates(graph, *, fast, momentum=0.0, generative=0.0, **settings):
    settings = {"centring": None, "contrast": CD(), **settings}
    optimiser = sgd(graph, momentum=momentum)
    learner = Learner(graph, optimiser, source=generator(1), fused=fast, **settings)
    return Discriminative(learner, generative=generative)


def batches(*, dtype, weighted):
    """Of two sizes, with and without weights in turn; labels that are soft now and then."""
    source = generator(3)
    for k in range(UPDATES):
        v = (torch.rand(8 - k % 2, 12, generator=source) > 0.5).to(dtype)
        index = torch.randint(3, (len(v),), generator=source)
        y = torch.nn.functional.one_hot(index, 3).to(dtype)
        y = y if k % 5 else 0.7 * y + 0.1
        weights = torch.arange(1.0, len(v) + 1).to(dtype) if weighted and k % 3 else None
        yield {"v": v, "y": y}, weights


CASES = {
    "discriminative": {},
    "nothing-to-centre": {"centring": 0.01},
    "decayed": {"penalties": [L2(0.01), L2(0.02)]},
    "momentum": {"momentum": 0.9, "penalties": [L2(0.01)]},
    "hybrid": {"generative": 0.3},
    "hybrid-cd-2": {"generative": 0.3, "contrast": CD(2), "momentum": 0.5},
    "hybrid-cd-mean": {"generative": 0.1, "contrast": CD(2, mean)},
    "hybrid-pcd": {"generative": 0.3, "contrast": PCD(2, chains=7), "penalties": [L2(0.01)]},
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("build", [plain, turned])
@pytest.mark.parametrize("case", CASES)
def test_it_walks_with_the_readable_update(case, build, weighted):
    graph = randomised(build(), 3)
    fast, slow = (updates(copy.deepcopy(graph), fast=f, **CASES[case]) for f in (True, False))
    for batch, weights in batches(dtype=torch.float64, weighted=weighted):
        slow.learner.source.set_state(fast.learner.source.get_state())
        one, other = (u.step(batch, weights=weights) for u in (fast, slow))
        assert_close(one, other, rtol=0, atol=1e-9)
        assert all(p.grad is None for p in fast.learner.graph.parameters())
    pairs = zip(
        fast.learner.graph.named_parameters(), slow.learner.graph.parameters(), strict=True
    )
    for (name, p), q in pairs:
        assert_close(p, q, rtol=0, atol=1e-9, msg=lambda m, name=name: f"{name}: {m}")
    for name, chain in slow.learner.chains.items():
        assert torch.equal(fast.learner.chains[name], chain)


def test_in_single_precision_too():
    graph = randomised(plain(), 3).float()
    fast, slow = (updates(copy.deepcopy(graph), fast=f) for f in (True, False))
    for batch, weights in batches(dtype=torch.float32, weighted=True):
        for u in (fast, slow):
            u.step(batch, weights=weights)
    pairs = zip(fast.learner.graph.parameters(), slow.learner.graph.parameters(), strict=True)
    for p, q in pairs:
        assert_close(p, q, rtol=0, atol=1e-5)


def bound(graph, batch=None, **settings):
    """The fused update that a step would take, if any."""
    u = updates(graph, fast=settings.pop("fast", True), **settings)
    batch = batch or {"v": torch.zeros(2, 12).double(), "y": torch.ones(2, 3).double() / 3}
    return u._update(batch)


def test_what_it_takes():
    graph = randomised(plain(), 3)
    assert isinstance(bound(graph), FusedDiscriminative)
    assert bound(graph, fast=False) is None
    assert bound(graph, penalties=[L1(0.1)]) is None
    assert bound(graph, generative=0.1, centring=0.01) is None
    assert bound(graph, generative=0.1, contrast=FPCD()) is None
    assert bound(graph, batch={"v": torch.zeros(2, 12).double()}) is None
    assert bound(randomised(classification_rbm(Gaussian(12), 5, classes=3), 3)) is None


def test_it_is_bound_anew_when_a_parameter_moves_or_somebody_listens():
    graph = randomised(plain(), 3)
    u = updates(graph, fast=True)
    batch, _ = next(batches(dtype=torch.float64, weighted=False))
    u.step(batch)
    first = u._update(batch)
    assert u._update(batch) is first
    weight = graph.connections["v-h"].weight
    weight.data = weight.data.clone()
    second = u._update(batch)
    assert second is not None
    assert second is not first
    before = weight.detach().clone()
    u.step(batch)
    assert not torch.equal(weight, before)
    u.learner.optimiser.register_step_pre_hook(lambda *_: None)
    assert u._update(batch) is None
