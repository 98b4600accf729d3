"""Gradients of the conditional likelihood against enumeration, and classifiers that learn."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.learning import (
    L2,
    PCD,
    Discriminative,
    Exact,
    Learner,
    Listed,
    MaxNorm,
    conditional_loss,
    gradient,
)
from harmonium.learning.inference import positive
from harmonium.machines import classification_rbm
from harmonium.random import generator
from harmonium.sampling import log_conditional
from tests.laws.registry import GRAPHS
from tests.laws.specimens import ROWS, random_state, randomised


def batch_of(graph, names=("v", "y"), *, seed=5):
    state = random_state(graph, seed=seed)
    return {n: state[n] for n in names}


def grads(graph):
    return [p.grad.clone() for p in graph.parameters()]


def stepped(graph, batch, *, weights=None, **settings):
    """The gradients that one step has used."""
    more = {n: settings.pop(n) for n in ("contrast", "penalties") if n in settings}
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.0)
    learner = Learner(graph, optimiser, centring=None, fused=False, **more)
    Discriminative(learner, **settings).step(batch, weights=weights)
    return grads(graph)


def joint_gradient(graph, batch):
    gradient(graph, positive(graph, batch), model=exact.phase(graph))
    return grads(graph)


def enumerated(graph, batch, *, target="y", weights=None):
    """d/dtheta of -log p(y | v) = exact gradient of log p(v) minus that of log p(v, y), by phases:
    both share log Z, so each is -(its clamped expectation)."""
    weights = torch.full((ROWS,), 1 / ROWS).double() if weights is None else weights
    rest = {n: x for n, x in batch.items() if n != target}
    total = None
    for i, w in enumerate(weights):
        both = exact.phase(graph, hold={n: x[i : i + 1] for n, x in batch.items()})
        alone = exact.phase(graph, hold={n: x[i : i + 1] for n, x in rest.items()})
        gradient(graph, both, model=alone)
        part = [w * g for g in grads(graph)]
        total = part if total is None else [a + b for a, b in zip(total, part, strict=True)]
    return total


def close(one, other):
    for a, b in zip(one, other, strict=True):
        assert_close(a, b)


CASES = [("classifier", "y", "v"), ("deep", "h1", "v"), ("rbm-gaussian", "h", "v")]


@pytest.mark.parametrize(("name", "target", "given"), CASES)
def test_the_gradient_is_the_enumerated_one(name, target, given):
    graph = GRAPHS[name]()
    batch = batch_of(graph, [target, given])
    close(stepped(graph, batch, target=target), enumerated(graph, batch, target=target))


def test_rows_have_weights():
    graph = GRAPHS["classifier"]()
    weights = torch.tensor([0.1, 0.2, 0.0, 0.7]).double()
    batch = batch_of(graph)
    close(stepped(graph, batch, weights=30 * weights), enumerated(graph, batch, weights=weights))


def test_the_hybrid_adds_its_share_of_the_joint_gradient():
    graph = GRAPHS["classifier"]()
    batch = batch_of(graph)
    joint, alone = joint_gradient(graph, batch), enumerated(graph, batch)
    found = stepped(graph, batch, generative=0.25, contrast=Exact())
    close(found, [a + 0.25 * g for a, g in zip(alone, joint, strict=True)])


def test_a_penalty_counts_once():
    graph = GRAPHS["classifier"]()
    batch = batch_of(graph)
    plain = stepped(graph, batch, generative=0.25, contrast=Exact())
    with_one = stepped(graph, batch, generative=0.25, contrast=Exact(), penalties=[L2(0.5)])
    names = [n for n, _ in graph.named_parameters()]
    for name, p, a, b in zip(names, graph.parameters(), plain, with_one, strict=True):
        pull = 0.5 * p.detach() if "connections" in name else torch.zeros_like(p)
        assert_close(b - a, pull)


def test_projections_happen():
    graph = GRAPHS["classifier"]()
    stepped(graph, batch_of(graph), penalties=[MaxNorm(0.1)])
    assert float(graph.connections["v-h"].weight.detach().norm(dim=1).max()) <= 0.1 + 1e-9


def test_the_loss_is_the_cross_entropy():
    graph = GRAPHS["classifier"]()
    batch = batch_of(graph)
    log_p = log_conditional(graph, "y", given={"v": batch["v"]})
    expected = -(log_p * batch["y"]).sum(1).mean()
    assert_close(conditional_loss(graph, batch), expected)
    soft = {**batch, "y": torch.full((ROWS, 3), 1 / 3).double()}
    assert_close(conditional_loss(graph, soft), -log_p.mean(1).mean())


def test_targets_that_are_missing_or_no_states():
    graph = GRAPHS["deep"]()
    batch = batch_of(graph, ["v", "h1"])
    with pytest.raises(ValueError, match=r"groups \['v', 'h1'\], not the target 'h2'"):
        conditional_loss(graph, batch, target="h2")
    with pytest.raises(ValueError, match="values of 'h1' are not states"):
        conditional_loss(graph, {**batch, "h1": batch["h1"] + 0.5}, target="h1")


def test_one_step_goes_downhill_and_draws_nothing():
    graph = GRAPHS["classifier"]()
    batch = batch_of(graph)
    before = float(conditional_loss(graph, batch).detach())
    source = generator(1)
    at = source.get_state()
    learner = Learner(graph, torch.optim.SGD(graph.parameters(), lr=0.1), source=source)
    Discriminative(learner).step(batch)
    assert float(conditional_loss(graph, batch).detach()) < before
    assert torch.equal(source.get_state(), at)
    assert learner.chains == {}


def parity(n=4):
    """Every pattern of n bits, labelled by whether its ones are odd: not linear at all."""
    x = (torch.arange(2**n)[:, None] >> torch.arange(n) & 1).double()
    y = torch.nn.functional.one_hot((x.sum(1) % 2).long(), 2).double()
    return {"v": x, "y": y}


@pytest.mark.parametrize("generative", [0.0, 0.05])
def test_it_learns_parity(generative):
    graph = randomised(classification_rbm(4, 10, classes=2), 3, std=0.5)
    optimiser = torch.optim.Adam(graph.parameters(), lr=0.05)
    learner = Learner(graph, optimiser, PCD(1, chains=50), source=generator(2))
    updates = Discriminative(learner, generative=generative)
    batch = parity()
    for _ in range(400):
        updates.step(batch)
    guess = log_conditional(graph, "y", given={"v": batch["v"]}).argmax(1)
    assert int((guess == batch["y"].argmax(1)).sum()) == 16


def test_a_run_goes_on_from_its_state():
    def made():
        graph = randomised(classification_rbm(4, 3, classes=2), 3, std=0.5)
        optimiser = torch.optim.SGD(graph.parameters(), lr=0.1, momentum=0.9)
        learner = Learner(graph, optimiser, PCD(1, chains=5), source=generator(2))
        return Discriminative(learner, generative=0.5)

    one, other = made(), made()
    for _ in range(3):
        one.step(parity())
    other.load_state_dict(one.state_dict())
    for run in (one, other):
        run.step(parity())
    close([*one.learner.graph.parameters()], [*other.learner.graph.parameters()])
    assert torch.equal(one.learner.chains["v"], other.learner.chains["v"])


def test_rows_without_a_label_are_learned_as_data():
    """alpha and beta weigh the shares of the batch; labels of zeros count for nothing else."""
    graph = GRAPHS["classifier"]()
    batch = batch_of(graph)
    known = torch.tensor([True, False, True, False])
    part = {n: x[known] for n, x in batch.items()}
    sharper = [0.5 * g for g in enumerated_few(graph, part)]
    joint = joint_gradient(graph, part)
    alone = Listed("y")(graph, {"v": batch["v"][~known]})
    gradient(graph, alone, model=exact.phase(graph))
    total = [
        a + 0.5 * 0.25 * b + 0.5 * 0.1 * c
        for a, b, c in zip(sharper, joint, grads(graph), strict=True)
    ]
    mixed = {"v": batch["v"], "y": batch["y"] * known[:, None]}
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.0)
    learner = Learner(
        graph, optimiser, contrast=Exact(), centring=None, inference=Listed("y"), fused=False
    )
    Discriminative(learner, generative=0.25, unlabelled=0.1).step(mixed)
    close(grads(graph), total)


def enumerated_few(graph, batch):
    """The conditional's gradient by autograd, which the tests above hold to enumeration."""
    return torch.autograd.grad(conditional_loss(graph, batch), [*graph.parameters()])
