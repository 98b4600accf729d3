"""Offsets that follow the data, and what centring and scaling are good for."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, Gaussian, dbm, rbm
from harmonium.learning import Exact, Geometry, Learner, doubled, follow, gradient, positive
from harmonium.sampling import exact
from tests.laws.specimens import numbers, random_state, randomised


def data(graph, *, seed=1, weights=None):
    return positive(graph, {"v": random_state(graph, seed=seed)["v"]}, weights=weights)


def test_the_first_offsets_are_the_means_of_the_data():
    graph = randomised(rbm(4, 3), 1)
    weights = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
    phase = data(graph, weights=weights)
    offsets = follow(graph, phase, offsets={}, rate=0.01)
    h = torch.sigmoid(
        phase.values["v"] @ graph.connections["v-h"].weight.mT + graph.units["h"].bias
    )
    for name, rows in {"v": phase.values["v"], "h": h.detach()}.items():
        expected = (weights[:, None] / 10 * rows).sum(0)
        assert torch.allclose(offsets[name], expected, rtol=0, atol=1e-12)


def test_later_ones_follow_at_their_rate():
    graph = randomised(rbm(4, 3), 2)
    old = {"v": numbers(4, seed=3), "h": numbers(3, seed=4)}
    kept = {name: x.clone() for name, x in old.items()}
    now = follow(graph, data(graph), offsets={}, rate=1.0)
    new = follow(graph, data(graph), offsets=old, rate=0.25)
    for name in old:
        assert torch.allclose(new[name], 0.75 * old[name] + 0.25 * now[name], rtol=0, atol=1e-12)
        assert torch.equal(old[name], kept[name])


def test_a_learner_moves_its_offsets_along():
    graph = randomised(rbm(4, 3), 5)
    batches = [random_state(graph, seed=s)["v"] for s in (6, 7)]
    learner = Learner(
        graph, torch.optim.SGD(graph.parameters(), lr=0.0), contrast=Exact(), centring=0.1
    )
    for v in batches:
        learner.step({"v": v})
    first, second = (v.mean(0) for v in batches)
    assert torch.allclose(learner.offsets["v"], 0.9 * first + 0.1 * second, rtol=0, atol=1e-12)


def test_no_offsets_and_no_scaling_is_the_plain_gradient():
    graph = randomised(rbm(Gaussian(3), 2), 8)
    phase = data(graph)
    found = []
    for geometry in (None, Geometry(scaling=False)):
        gradient(graph, phase, model=exact.phase(graph), geometry=geometry)
        found.append([p.grad.clone() for p in graph.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))


def test_scaling_multiplies_by_the_precision():
    graph = randomised(rbm(Gaussian(3), 2), 9)
    phase = data(graph)
    found = []
    for geometry in (None, Geometry(scaling=True)):
        gradient(graph, phase, model=exact.phase(graph), geometry=geometry)
        found.append({n: p.grad.clone() for n, p in graph.named_parameters()})
    precision = graph.units["v"].log_precision.detach().exp()
    plain, scaled = found
    for name, factor in {
        "units.v.bias": precision,
        "connections.v-h.weight": precision,
        "units.v.log_precision": 1.0,
        "units.h.bias": 1.0,
    }.items():
        assert torch.allclose(scaled[name], plain[name] * factor, rtol=1e-12, atol=0), name


def test_binary_units_have_no_scale():
    graph = randomised(rbm(Bernoulli(3), 2), 10)
    x = numbers(4, 3, seed=11)
    assert torch.equal(Geometry().place(graph, "v", x=x), x)


def learned(flip, geometry):
    """Weights after a few steps, on data or on the same data with 0 and 1 swapped."""
    graph = randomised(rbm(4, 3), 12, std=0.3)
    with torch.no_grad():
        if flip:  # the same model of the flipped data
            graph.units["h"].bias += graph.connections["v-h"].weight.sum(1)
            graph.connections["v-h"].weight.neg_()
            graph.units["v"].bias.neg_()
    x = (numbers(30, 4, seed=13) > 0.8).double()
    learner = Learner(
        graph,
        torch.optim.SGD(graph.parameters(), lr=0.5),
        contrast=Exact(),
        centring=0.5 if geometry else None,
    )
    for _ in range(10):
        learner.step({"v": 1 - x if flip else x})
    weight = graph.connections["v-h"].weight.detach()
    return -weight if flip else weight


def test_centred_learning_does_not_care_which_state_is_called_one():
    """What centring was invented for; plain learning goes another way on flipped data."""
    assert torch.allclose(learned(False, True), learned(True, True), rtol=0, atol=1e-10)
    assert (learned(False, False) - learned(True, False)).abs().max() > 1e-2


def test_scaled_learning_does_not_care_about_the_unit_of_measurement():
    """Metres or decimetres: the same model, to the same digits, while the precision is held."""

    def hidden(factor, scaling):
        graph = randomised(rbm(Gaussian(3), 2), 14, std=0.3)
        with torch.no_grad():
            graph.units["v"].log_precision -= 2 * torch.tensor(factor).log()
            graph.units["v"].bias /= factor
            graph.connections["v-h"].weight /= factor
        learner = Learner(
            graph,
            torch.optim.SGD([p for n, p in graph.named_parameters() if "log" not in n], lr=0.05),
            contrast=Exact(),
            scaling=scaling,
        )
        x = numbers(20, 3, seed=15)
        for _ in range(10):
            learner.step({"v": factor * x})
        return graph.units["h"].mean(graph.field("h", {"v": factor * x})).detach()

    assert torch.allclose(hidden(1.0, True), hidden(10.0, True), rtol=0, atol=1e-6)
    assert (hidden(1.0, False) - hidden(10.0, False)).abs().max() > 1e-2


def test_centred_learning_does_not_care_where_zero_is():
    """The same data further from zero: nearly the same model, precisions and all."""

    def learned(shift, centring):
        graph = randomised(rbm(Gaussian(3), 2), 16, std=0.3)
        with torch.no_grad():  # the same model of the shifted data
            graph.units["v"].bias += shift * graph.units["v"].log_precision.exp()
            graph.units["h"].bias -= shift * graph.connections["v-h"].weight.sum(1)
        optimiser = torch.optim.SGD(graph.parameters(), lr=0.01)
        learner = Learner(graph, optimiser, contrast=Exact(), centring=centring)
        x = numbers(20, 3, seed=17)
        for _ in range(20):
            learner.step({"v": x + shift})
        h = graph.units["h"].mean(graph.field("h", {"v": x + shift})).detach()
        return torch.cat([h.flatten(), graph.units["v"].log_precision.detach()])

    assert float((learned(0.0, 0.5) - learned(5.0, 0.5)).abs().max()) < 1e-4
    assert float((learned(0.0, None) - learned(5.0, None)).abs().max()) > 4e-2


@pytest.mark.parametrize("tied", [(), (0,)])
def test_any_offsets_keep_the_gradient_downhill(tied):
    """The edited gradient never points up the likelihood."""
    for seed in range(5):
        graph = randomised(rbm(Bernoulli(4, tied=tied), 3), 20 + seed)
        phase, model = data(graph, seed=seed), exact.phase(graph)
        gradient(graph, phase, model=model)
        plain = [p.grad.clone() for p in graph.parameters()]
        offsets = {n: numbers(*u.shape, seed=30 + seed) for n, u in graph.units.items()}
        gradient(graph, phase, model=model, geometry=Geometry(offsets))
        slope = sum((a * p.grad).sum() for a, p in zip(plain, graph.parameters(), strict=True))
        assert float(slope) > 0


def test_a_bias_that_groups_share_makes_up_for_a_field_once():
    """By hand, of a group and its copy: b and c lose what W's step sends from the offsets."""
    graph = doubled(randomised(dbm(4, 3, 2), 20))[0]
    v = (numbers(6, 4, seed=1) > 0).double()
    phase, model = positive(graph, {"v": v, "v_copy": v}), exact.phase(graph)
    gradient(graph, phase, model=model)
    (edge, _), units = graph.edges, graph.units
    parameters = edge.connection.weight, units["v"].bias, units["h"].bias
    w, b, c = (p.grad.clone() for p in parameters)
    mu, nu = numbers(4, seed=2), numbers(3, seed=3)
    gradient(graph, phase, model=model, geometry=Geometry({"v": mu, "v_copy": mu, "h": nu}))
    w = w - nu.outer(b) - 2 * c.outer(mu)
    for p, expected in zip(parameters, (w, b - nu @ w, c - 2 * w @ mu), strict=True):
        assert_close(p.grad, expected)


def test_weights_keep_what_a_tied_bias_cannot_take_up_in_their_own_scale():
    """By hand: the tied bias takes the mean of its units' slopes; precisions multiply it all."""
    graph = randomised(rbm(Gaussian(3), Bernoulli(4, tied=(0,))), 21)
    phase, model = positive(graph, {"v": numbers(6, 3, seed=1)}), exact.phase(graph)
    gradient(graph, phase, model=model)
    weight, units = graph.edges[0].connection.weight, graph.units
    w, b, c = (p.grad.clone() for p in (weight, units["v"].bias, units["h"].bias))
    mu, nu = numbers(3, seed=2), numbers(4, seed=3)
    gradient(graph, phase, model=model, geometry=Geometry({"v": mu, "h": nu}))
    precision = units["v"].log_precision.detach().exp()
    expected = (w - nu.outer(b) - (c / 4).expand(4).outer(mu)) * precision
    assert_close(weight.grad, expected)
