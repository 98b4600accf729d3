"""What the gradient writes and where; that it is the right one is a law (tests/laws)."""

import pytest
import torch

from harmonium import Gaussian, exact, rbm
from harmonium.learning import gradient, positive
from harmonium.sampling import Phase
from tests.laws.specimens import numbers, randomised


def phases(graph, n=6):
    v = (numbers(n, 4, seed=1) > 0).to(graph.units["v"].bias.dtype)
    return positive(graph, {"v": v}), exact.phase(graph)


def test_steps_go_up_the_likelihood():
    """The sign is that of a cost: an optimiser that descends makes the data more probable."""
    graph = randomised(rbm(4, 3), 1)
    data, model = phases(graph)
    before = float(exact.log_prob(graph, data.values).mean())
    gradient(graph, data, model=model)
    torch.optim.SGD(graph.parameters(), lr=1e-3).step()
    size = sum(float(p.grad.square().sum()) for p in graph.parameters())
    risen = float(exact.log_prob(graph, data.values).mean()) - before
    assert risen == pytest.approx(1e-3 * size, rel=1e-2)


def test_every_parameter_gets_a_gradient_of_its_own_kind():
    graph = randomised(rbm(Gaussian(4), 3), 2).float()
    v = numbers(6, 4, seed=3).float()
    gradient(graph, positive(graph, {"v": v}), model=exact.phase(graph))
    for name, p in graph.named_parameters():
        assert p.grad.shape == p.shape, name
        assert p.grad.dtype == torch.float32, name
        assert not p.grad.requires_grad, name
        assert float(p.grad.abs().max()) > 0, name


def test_the_same_memory_is_written_again():
    """Preallocated: whoever holds ``.grad`` (a fused optimiser, a reducer) sees the new values."""
    graph = randomised(rbm(4, 3), 4)
    data, model = phases(graph)
    gradient(graph, data, model=model)
    held = [p.grad for p in graph.parameters()]
    places = [g.data_ptr() for g in held]
    with torch.no_grad():
        for p in graph.parameters():
            p += 0.1
    data, model = phases(graph)
    values = [g.clone() for g in held]
    gradient(graph, data, model=model)
    assert [p.grad.data_ptr() for p in graph.parameters()] == places
    assert all((g != old).any() for g, old in zip(held, values, strict=True))


def test_phases_may_have_different_numbers_of_rows():
    """Means, not sums: repeating the rows of one side changes nothing."""
    graph = randomised(rbm(4, 3), 5)
    data, model = phases(graph)
    gradient(graph, data, model=model)
    expected = [p.grad.clone() for p in graph.parameters()]
    many = Phase(
        {n: x.repeat(7, 1) for n, x in model.values.items()},
        {n: x.repeat(7, 1) for n, x in model.fields.items()},
        model.weights.repeat(7) / 7,
    )
    gradient(graph, data, model=many)
    for p, g in zip(graph.parameters(), expected, strict=True):
        assert torch.allclose(p.grad, g, rtol=0, atol=1e-14)


def test_states_and_parameters_are_left_alone():
    graph = randomised(rbm(4, 3), 6)
    data, model = phases(graph)
    before = [
        t.clone() for t in (*graph.parameters(), *data.values.values(), *model.values.values())
    ]
    gradient(graph, data, model=model)
    after = (*graph.parameters(), *data.values.values(), *model.values.values())
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_frozen_precision_keeps_its_value_and_the_rest_its_gradient():
    graph = randomised(rbm(Gaussian(4), 3), 6)
    v = numbers(6, 4, seed=7)
    data, model = positive(graph, {"v": v}), exact.phase(graph)
    gradient(graph, data, model=model)
    free = {name: p.grad.clone() for name, p in graph.named_parameters()}
    graph.zero_grad()
    graph.units["v"].log_precision.requires_grad_(requires_grad=False)
    gradient(graph, data, model=model)
    for name, p in graph.named_parameters():
        if name == "units.v.log_precision":
            assert p.grad is None
        else:
            assert torch.equal(p.grad, free[name]), name
