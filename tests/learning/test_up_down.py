"""What one update does; its laws stand in tests/laws/test_up_down.py."""

import copy

import pytest
import torch
from torch.testing import assert_close

from harmonium.learning import CD, PCD, UpDown, conditional_gradient
from harmonium.random import generator
from harmonium.sampling import mean, uniform_weights
from tests.laws.registry import BELIEF_NETS, GRAPHS
from tests.laws.specimens import random_state


def learner(net, *, lr=0.1, contrast=None, momentum=0.0, seed=1):
    optimiser = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    parts = {"contrast": contrast} if contrast else {}
    return UpDown(net.graphs, net.upwards, optimiser, source=generator(seed), **parts)


def rows(n=50):
    return {"v": (torch.rand(n, 3, generator=generator(3)) < 0.5).double()}


def test_a_tied_net_is_refused():
    with pytest.raises(ValueError, match=r"same weights.*call untie\(\)"):
        learner(BELIEF_NETS["three"]())


def test_a_missing_recognition_layer_is_named():
    net = BELIEF_NETS["untied"]()
    with pytest.raises(ValueError, match="1 recognition layers for 2 directed ones"):
        UpDown(net.graphs, net.upwards[:1], torch.optim.SGD(net.parameters(), lr=0.1))


def test_only_the_conditional_that_is_used_moves():
    """Hidden biases of what generates, visible ones of what recognises, stay as they were."""
    net = BELIEF_NETS["untied"]()
    before = copy.deepcopy(net)
    learner(net).step(rows())
    moved = {
        n
        for (n, a), b in zip(net.named_parameters(), before.parameters(), strict=True)
        if not torch.allclose(a, b, rtol=0, atol=1e-12)
    }
    idle = {f"layers.{k}.units.h.bias" for k in (0, 1)}
    idle |= {f"recognition.{k}.units.v.bias" for k in (0, 1)}
    assert moved == {n for n, _ in net.named_parameters()} - idle


def test_the_gradient_of_a_conditional_takes_any_family():
    graph = GRAPHS["rbm-gaussian"]()
    state, w = random_state(graph), uniform_weights(4, torch.ones(1, dtype=torch.float64))
    conditional_gradient(graph, state, name="v", weights=w)
    found = [p.grad.clone() for p in graph.parameters()]
    loss = -(w @ graph.units["v"].log_prob(state["v"], graph.field("v", state)))
    expected = torch.autograd.grad(loss, list(graph.parameters()), allow_unused=True)
    for a, b, p in zip(found, expected, graph.parameters(), strict=True):
        assert_close(a, torch.zeros_like(p) if b is None else b, rtol=0, atol=1e-12)


def test_weights_of_rows_count():
    """A row of weight two is that row twice; rates of zero keep the draws out of it."""
    found = []
    v = rows(40)["v"]
    for batch, w in ((v, torch.tensor([2.0, 0.0] * 20).double()), (v[::2], None)):
        net = BELIEF_NETS["untied"]()
        for up in net.upwards:  # certain recognition: nothing is left to chance
            up.units["h"].absorb(torch.tensor(100.0))
        learner(net, lr=0.0).step({"v": batch}, weights=w)
        found.append([p.grad.clone() for g in net.graphs[:-1] for p in g.parameters()])
    for a, b in zip(*found, strict=True):
        assert_close(a, b, rtol=0, atol=1e-12)


def test_dreams_of_an_expectation_are_drawn():
    """With reconstruct=mean the top's "v" is a field; recognition still sees states."""
    net = BELIEF_NETS["untied"]()
    seen = []
    top = net.graphs[-1]
    inner = top.units["v"].sample
    top.units["v"].sample = lambda f, s=None: seen.append(inner(f, s)) or seen[-1]
    learner(net, contrast=CD(1, reconstruct=mean)).step(rows())
    assert seen[-1].unique().tolist() == [0.0, 1.0]


def test_going_on_equals_never_stopping():
    batch, one = rows(), BELIEF_NETS["untied"]()
    whole = learner(one, contrast=PCD(2, chains=30), momentum=0.9)
    for _ in range(3):
        whole.step(batch)
    saved = copy.deepcopy(whole.state_dict())
    other = BELIEF_NETS["untied"]()
    again = learner(other, contrast=PCD(2, chains=30), momentum=0.9, seed=2)
    again.load_state_dict(saved)
    for _ in range(3):
        whole.step(batch)
        again.step(batch)
    assert all(map(torch.equal, one.parameters(), other.parameters()))
