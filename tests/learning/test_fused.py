"""When a learner takes the fused update, and what it leaves alone; its numbers are a law."""

import copy

import pytest
import torch
from torch.optim import SGD, Adam

from harmonium import Bernoulli, Dense, EnergyGraph, Gaussian, Lateral, Spin, rbm
from harmonium.learning import CD, L1, L2, PCD, Exact, Learner, MaxNorm, Sparsity
from harmonium.learning.fused import fused
from harmonium.random import generator
from harmonium.sampling import mean, mode
from tests.laws.specimens import randomised


def frozen():
    graph = rbm(4, 3)
    graph.units["v"].bias.requires_grad_(requires_grad=False)
    return graph


def mixed():
    graph = rbm(4, 3)
    graph.units["v"].double()
    return graph


def self_wired():
    return EnergyGraph({"v": Bernoulli(4), "h": Bernoulli(3)}, {("v", "v"): Lateral((4,))})


def deep():
    units = {"v": Bernoulli(4), "a": Bernoulli(3), "b": Bernoulli(2)}
    return EnergyGraph(units, {("v", "a"): Dense((4,), (3,)), ("a", "b"): Dense((3,), (2,))})


def hooked(parameters):
    optimiser = SGD(parameters, lr=0.1)
    optimiser.register_step_post_hook(lambda *args: None)
    return optimiser


def sgd(**settings):
    return lambda parameters: SGD(parameters, lr=0.1, **settings)


def binary():
    return rbm(4, 3)


TAKEN = {
    "pcd": (binary, sgd(), PCD(), ()),
    "cd": (binary, sgd(momentum=0.5), CD(3, mean), (L2(0.1), L2(0.2))),
    "shaped": (lambda: rbm(Bernoulli(2, 2), Bernoulli(3, 1)), sgd(), PCD(2, chains=3), ()),
}
LEFT = {
    "spins": (lambda: rbm(Spin(4), 3), sgd(), PCD(), ()),
    "real": (lambda: rbm(Gaussian(4), 3), sgd(), PCD(), ()),
    "tied": (lambda: rbm(Bernoulli(2, 2, tied=(0,)), 3), sgd(), PCD(), ()),
    "deep": (deep, sgd(), PCD(), ()),
    "self-wired": (self_wired, sgd(), PCD(), ()),
    "frozen": (frozen, sgd(), PCD(), ()),
    "mixed": (mixed, sgd(), PCD(), ()),
    "exact": (binary, sgd(), Exact(), ()),
    "mode": (binary, sgd(), CD(1, mode), ()),
    "l1": (binary, sgd(), PCD(), (L2(0.1), L1(0.1))),
    "sparsity": (binary, sgd(), PCD(), (Sparsity(0.1, 0.1),)),
    "max-norm": (binary, sgd(), PCD(), (MaxNorm(1.0),)),
    "adam": (binary, Adam, PCD(), ()),
    "nesterov": (binary, sgd(momentum=0.5, nesterov=True), PCD(), ()),
    "dampened": (binary, sgd(momentum=0.5, dampening=0.1), PCD(), ()),
    "weight-decay": (binary, sgd(weight_decay=0.1), PCD(), ()),
    "uphill": (binary, sgd(maximize=True), PCD(), ()),
    "rate": (binary, lambda parameters: SGD(parameters, lr=torch.tensor(0.1)), PCD(), ()),
    "hooked": (binary, hooked, PCD(), ()),
    "partly": (binary, lambda parameters: SGD([*parameters][:2], lr=0.1), PCD(), ()),
}


@pytest.mark.parametrize("case", [*TAKEN, *LEFT])
def test_it_is_found_where_it_is_one(case):
    build, optimiser, contrast, penalties = (TAKEN | LEFT)[case]
    graph = build()
    found = fused(graph, optimiser(graph.parameters()), contrast=contrast, penalties=penalties)
    assert (found is not None) == (case in TAKEN)


def learner(**settings):
    graph = randomised(rbm(4, 3), 1).float()
    return Learner(graph, SGD(graph.parameters(), lr=0.1), source=generator(2), **settings)


def took_it(one):
    """Whether the last step was fused: only the other one leaves gradients."""
    wrote = {p.grad is not None for p in one.graph.parameters()}
    assert len(wrote) == 1
    return wrote == {False}


V = {"v": torch.tensor([[1.0, 0, 1, 1], [0, 1, 1, 0]])}


def test_a_learner_takes_it_unless_told_not_to():
    one = learner()
    one.step(V)
    assert took_it(one)
    one.fused = False
    one.step(V)
    assert not took_it(one)


def change_contrast(one):
    one.contrast = Exact()


def add_penalty(one):
    one.penalties = [L1(0.1)]


def hook(one):
    one.optimiser.register_step_pre_hook(lambda *args: None)


def change_optimiser(one):
    one.optimiser = Adam(one.graph.parameters())


def change_groups(one):
    state = one.optimiser.state_dict()
    state["param_groups"][0] |= {"momentum": 0.5, "nesterov": True}
    one.optimiser.load_state_dict(state)


@pytest.mark.parametrize(
    "change", [change_contrast, add_penalty, hook, change_optimiser, change_groups]
)
def test_it_is_given_up_when_the_learner_changes(change):
    one = learner()
    one.step(V)
    change(one)
    one.step(V)
    assert not took_it(one)


def freeze(one):
    one.graph.units["h"].bias.requires_grad_(requires_grad=False)


def test_a_parameter_that_was_frozen_stays_where_it_is_for_the_fused_update():
    one = learner()
    one.step(V)
    freeze(one)
    assert one._update(V) is None


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_parameters_that_moved_in_memory_are_found_again(dtype):
    """As ``graph.to`` does: new memory under the same parameters."""
    one = learner()
    one.step(V)
    for p in one.graph.parameters():
        p.data = p.data.clone().to(dtype)
    before = [p.detach().clone() for p in one.graph.parameters()]
    one.chains, one.offsets = {}, {}
    one.step({"v": V["v"].to(dtype)})
    assert took_it(one)
    after = one.graph.parameters()
    assert all(not torch.equal(a, b) for a, b in zip(after, before, strict=True))


def test_a_loaded_optimiser_sets_the_rate():
    one = learner()
    one.step(V)
    still = copy.deepcopy(one.optimiser.state_dict())
    still["param_groups"][0]["lr"] = 0.0
    one.optimiser.load_state_dict(still)
    before = [p.detach().clone() for p in one.graph.parameters()]
    one.step(V)
    assert took_it(one)
    assert all(torch.equal(a, b) for a, b in zip(one.graph.parameters(), before, strict=True))


def test_chains_and_batches_that_were_handed_out_never_change():
    one = learner(contrast=PCD(2, chains=5))
    one.step(V)
    held = dict(one.chains)
    kept = {name: x.clone() for name, x in held.items()}
    batch = {"v": V["v"].clone()}
    for _ in range(5):
        one.step(batch)
    assert all(torch.equal(x, kept[name]) for name, x in held.items())
    assert any(not torch.equal(x, kept[name]) for name, x in one.chains.items())
    assert torch.equal(batch["v"], V["v"])


def test_offsets_of_a_saved_state_do_not_move_on():
    one = learner(centring=0.5)
    one.step(V)
    saved = one.state_dict()["offsets"]
    kept = {name: x.clone() for name, x in saved.items()}
    one.step({"v": 1 - V["v"]})
    assert all(torch.equal(x, kept[name]) for name, x in saved.items())
    assert not torch.equal(one.offsets["v"], kept["v"])


@pytest.mark.parametrize("width", [1, 3, 5])
def test_rows_of_the_wrong_width_are_an_error(width):
    one = learner()
    with pytest.raises(ValueError, match=r"values have shape .* units need \(rows, 4\)"):
        one.step({"v": torch.ones(2, width)})


@pytest.mark.parametrize("weights", [[-1.0, 2.0], [0.0, 0.0], [torch.inf, 1.0], [torch.nan, 1.0]])
def test_impossible_weights_are_refused(weights):
    with pytest.raises(ValueError, match="must be finite, not negative and not all zero"):
        learner().step(V, weights=torch.tensor(weights))
