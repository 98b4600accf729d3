"""Penalties: what each adds, to what, and where it leads."""

import pytest
import torch

from harmonium import (
    Bernoulli,
    Categorical,
    Dense,
    EnergyGraph,
    Gaussian,
    Lateral,
    convolutional_rbm,
    exact,
    rbm,
)
from harmonium.learning import (
    L1,
    L2,
    Exact,
    Geometry,
    Learner,
    MaxNorm,
    Sparsity,
    fit,
    gradient,
    hidden_means,
    linear_decay,
    positive,
)
from tests.laws.specimens import numbers, randomised

X = (numbers(20, 4, seed=1) > 0).double()


def semi_restricted():
    units = {"v": Bernoulli(4), "h": Bernoulli(3)}
    wires = {("v", "v"): Lateral((4,)), ("v", "h"): Dense((4,), (3,))}
    graph = randomised(EnergyGraph(units, wires), 2)
    with torch.no_grad():
        wires["v", "v"].weight.copy_(wires["v", "v"].weight.tril(-1))  # as it is born
    return graph


def grads(graph, penalties, *, geometry=None):
    gradient(
        graph,
        positive(graph, {"v": X}),
        model=exact.phase(graph),
        geometry=geometry,
        penalties=penalties,
    )
    return {name: p.grad.clone() for name, p in graph.named_parameters()}


def added(graph, penalty, **settings):
    """What the penalty adds to the gradient, by parameter."""
    plain, more = grads(graph, [], **settings), grads(graph, [penalty], **settings)
    return {name: more[name] - plain[name] for name in plain}


def centred(graph):
    return Geometry({n: numbers(*u.shape, seed=3) for n, u in graph.units.items()})


# --- weight penalties ------------------------------------------------------------------------

COSTS = {
    "l2": (L2(0.3), lambda w: 0.15 * w.square().sum()),
    "l1": (L1(0.3), lambda w: 0.3 * w.abs().sum()),
}


MILD = {
    "l2": (L2(0.02), lambda w: 0.01 * w.square().sum()),
    "l1": (L1(0.02), lambda w: 0.02 * w.abs().sum()),
}


@pytest.mark.parametrize("name", COSTS)
def test_weight_penalty_is_the_gradient_of_its_cost(name):
    penalty, cost = COSTS[name]
    graph = semi_restricted()
    found = added(graph, penalty)
    for parameter, p in graph.named_parameters():
        expected = torch.zeros_like(p)
        if parameter.startswith("connections."):
            w = p.detach().clone().requires_grad_()
            (expected,) = torch.autograd.grad(cost(w), w)
        assert torch.allclose(found[parameter], expected, rtol=0, atol=1e-14), parameter


@pytest.mark.parametrize("name", COSTS)
def test_with_centring_biases_make_up_for_smaller_weights(name):
    """The weights get the same pull, and no mean field moves: else data and model means part."""
    penalty, _ = COSTS[name]
    graph = semi_restricted()
    geometry = centred(graph)
    found = added(graph, penalty, geometry=geometry)
    plain = added(graph, penalty)
    for parameter in ("connections.v-v.weight", "connections.v-h.weight"):
        assert torch.allclose(found[parameter], plain[parameter], rtol=0, atol=1e-14)
    v, h = geometry.offsets["v"], geometry.offsets["h"]
    lateral = found["connections.v-v.weight"]
    weight = found["connections.v-h.weight"]
    moved_v = found["units.v.bias"] + weight.mT @ h + (lateral + lateral.mT) @ v
    moved_h = found["units.h.bias"] + weight @ v
    assert float(moved_v.abs().max()) < 1e-13
    assert float(moved_h.abs().max()) < 1e-13
    assert float(found["units.v.bias"].abs().max()) > 1e-2


def test_l1_leaves_exact_zeros_alone():
    graph = randomised(rbm(4, 3), 4)
    with torch.no_grad():
        graph.connections["v-h"].weight[0, 0] = 0.0
    assert added(graph, L1(0.3))["connections.v-h.weight"][0, 0] == 0


def test_penalties_add_up():
    graph = semi_restricted()
    one, other = added(graph, L1(0.1)), added(graph, L2(0.2))
    plain, both = grads(graph, []), grads(graph, [L1(0.1), L2(0.2)])
    for name in plain:
        expected = plain[name] + one[name] + other[name]
        assert torch.allclose(both[name], expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize(("penalty", "cost"), MILD.values(), ids=MILD)
def test_weight_penalty_moves_the_optimum(penalty, cost):
    """Where learning ends, the penalised objective is least."""
    graph = randomised(rbm(4, 1), 5)
    optimiser = torch.optim.SGD(graph.parameters(), lr=1.0)
    learner = Learner(graph, optimiser, contrast=Exact(), penalties=[penalty])
    x = torch.stack([X[:, 0], X[:, 0], 1 - X[:, 0], X[:, 1]], 1)
    fit(learner.step, [{"v": x}], epochs=600, schedules=[linear_decay(optimiser, 600)])
    weight = graph.connections["v-h"].weight

    def objective():
        return float(cost(weight.detach()) - exact.log_prob(graph, {"v": x}).mean())

    least = objective()
    assert float(weight.detach().abs().max()) > 0.3
    for k, p in enumerate(graph.parameters()):
        for there in (0.2 * numbers(*p.shape, seed=6 + k), -0.2 * numbers(*p.shape, seed=6 + k)):
            with torch.no_grad():
                p += there
            assert objective() > least
            with torch.no_grad():
                p -= there


# --- sparse activity -------------------------------------------------------------------------


def test_sparsity_adds_the_same_pull_to_every_row():
    graph = semi_restricted()
    found = added(graph, Sparsity(0.1, 2.0))
    h = graph.units["h"].mean(graph.field("h", {"v": X})).detach()
    pull = 2.0 * (0.1 - h.mean(0))
    expected = {
        "units.h.bias": -pull,
        "connections.v-h.weight": -pull[:, None] * X.mean(0),
    }
    for name, change in found.items():
        right = expected.get(name, torch.zeros_like(change))
        assert torch.allclose(change, right, rtol=0, atol=1e-14), name


def test_sparsity_weighs_rows():
    graph = rbm(4, 3).double()
    mean = numbers(5, 3, seed=7)
    weights = torch.tensor([0.1, 0.2, 0.3, 0.4, 0.0], dtype=torch.float64)
    found = Sparsity(0.2, 3.0).pull("h", mean, weights=weights)
    assert torch.allclose(found, 3 * (0.2 - (weights[:, None] * mean).sum(0)), rtol=0, atol=1e-14)
    assert Sparsity(0.2, 3.0).pull("v", mean, weights=weights) is None
    assert Sparsity(0.2, 3.0, groups=("v",)).pull("v", mean, weights=weights) is not None
    assert len(list(graph.parameters())) == 3


def test_sparsity_is_a_cross_entropy_for_bernoulli_units():
    """Units without a field: its pull is the slope of the cross-entropy to the target."""
    graph = randomised(rbm(4, 3, std=0.0), 8)
    with torch.no_grad():
        graph.connections["v-h"].weight.zero_()
    c = graph.units["h"].bias.detach().clone().requires_grad_()
    q = torch.sigmoid(c)
    cost = -(0.1 * q.log() + 0.9 * (1 - q).log()).sum()
    (expected,) = torch.autograd.grad(cost, c)
    found = added(graph, Sparsity(0.1, 1.0))["units.h.bias"]
    assert torch.allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("target", [0.1, 0.7])
def test_sparsity_moves_activity_to_its_target(target):
    def activity(strength):
        graph = randomised(rbm(4, 3), 9)
        optimiser = torch.optim.SGD(graph.parameters(), lr=1.0)
        penalties = [Sparsity(target, strength)]
        learner = Learner(graph, optimiser, contrast=Exact(), penalties=penalties)
        fit(learner.step, [{"v": X}], epochs=100)
        return hidden_means(graph, X).mean(0)

    off = (activity(0.0) - target).abs()
    near = (activity(5.0) - target).abs()
    assert float(near.max()) < 0.05
    assert float(off.max()) > 0.2


def test_groups_of_any_shape_can_be_sparse():
    graph = randomised(rbm(Gaussian(4), Categorical(2, 3)), 10)
    found = added(graph, Sparsity(1 / 3, 1.0))["units.h.bias"]
    h = graph.units["h"].mean(graph.field("h", {"v": X})).detach()
    assert torch.allclose(found, h.mean(0) - 1 / 3, rtol=0, atol=1e-14)


def test_a_feature_map_has_one_target_for_all_places():
    """The pull on W is that on the map's mean, times the mean of all patches."""
    graph = convolutional_rbm([1, 5, 5], 2, kernel=2, pool=2, std=0.8).double()
    x = (numbers(9, 1, 5, 5, seed=4) > 0).double()
    data = positive(graph, {"v": x})
    found = []
    for penalties in ([], [Sparsity(0.1, 2.0)]):
        gradient(graph, data, model=data, penalties=penalties)
        found.append({name: p.grad.clone() for name, p in graph.named_parameters()})
    pull = -2 * (0.1 - data.moments(graph, "h")[0].mean((0, 2, 3)))
    patches = x.unfold(2, 2, 1).unfold(3, 2, 1).mean(0).sum((1, 2))
    weight, bias = "connections.v-h.weight", "units.h.bias"
    assert torch.allclose(found[1][weight] - found[0][weight], pull[:, None, None, None] * patches)
    assert torch.allclose((found[1][bias] - found[0][bias]).flatten(), 16 * pull)


# --- norms -----------------------------------------------------------------------------------


def test_max_norm_shortens_only_what_is_too_long():
    graph = randomised(rbm(4, 3), 11)
    weight = graph.connections["v-h"].weight
    with torch.no_grad():
        weight.copy_(torch.tensor([[3.0, 0, 4, 0], [0.3, 0, 0, 0.4], [0, 1, 0, 0]]))
    MaxNorm(1.0).project(graph)
    expected = torch.tensor([[0.6, 0, 0.8, 0], [0.3, 0, 0, 0.4], [0, 1, 0, 0]])
    assert torch.allclose(weight.float(), expected, rtol=0, atol=1e-7)


def test_max_norm_leaves_biases_and_self_wired_groups():
    graph = semi_restricted()
    with torch.no_grad():
        for p in graph.parameters():
            p *= 100
    before = {name: p.detach().clone() for name, p in graph.named_parameters()}
    MaxNorm(0.5).project(graph)
    moved = [n for n, p in graph.named_parameters() if not torch.equal(p, before[n])]
    assert moved == ["connections.v-h.weight"]
    norms = graph.connections["v-h"].weight.detach().norm(dim=1)
    assert torch.allclose(norms, torch.full((3,), 0.5).double(), rtol=0, atol=1e-12)


def test_max_norm_holds_after_every_update():
    graph = randomised(rbm(4, 3), 12)
    learner = Learner(
        graph,
        torch.optim.SGD(graph.parameters(), lr=5.0),
        contrast=Exact(),
        penalties=[MaxNorm(0.3)],
    )
    longest = []
    for _ in range(5):
        learner.step({"v": X})
        longest.append(float(graph.connections["v-h"].weight.detach().norm(dim=1).max()))
    assert max(longest) <= 0.3 + 1e-12
    assert max(longest) > 0.299


@pytest.mark.parametrize("penalty", [L1(0.1), L2(0.1), Sparsity(0.1, 0.1)])
def test_only_max_norm_projects(penalty):
    graph = semi_restricted()
    before = [p.detach().clone() for p in graph.parameters()]
    penalty.project(graph)
    assert all(torch.equal(p, q) for p, q in zip(graph.parameters(), before, strict=True))


def test_max_norm_adds_nothing_to_the_gradient():
    assert all(not g.any() for g in added(semi_restricted(), MaxNorm(0.01)).values())
