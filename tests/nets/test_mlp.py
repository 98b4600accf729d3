"""The multilayer perceptron: its gradients, and what small ones learn."""

import copy
import math

import pytest
import torch
from torch import nn

from harmonium import load, save
from harmonium.learning import CrossEntropy, Descent, SquaredError
from harmonium.learning.objectives import Bernoulli
from harmonium.nets import MLP
from harmonium.random import seeded

ACTIVATIONS = [
    ("logistic", 1.5),
    ("tanh", 0.7),
    ("softsign", 0.8),
    ("relu", None),
    ("leaky_relu", 0.1),
    ("elu", None),
    ("gelu", None),
]
SOURCE = torch.Generator().manual_seed(3)
X = torch.randn(7, 4, generator=SOURCE, dtype=torch.float64)
CLASSES = torch.tensor([0, 1, 2, 0, 1, 2, 1])
VALUES = torch.randn(7, 3, generator=SOURCE, dtype=torch.float64)
OBJECTIVES = {
    "cross_entropy": (CrossEntropy(), "classes", CLASSES),
    "bernoulli": (Bernoulli(), "classes", CLASSES),
    "squared_error": (SquaredError(), "values", VALUES),
}


def net(units, seed=0, **settings):
    with seeded(seed):
        return MLP(units, **settings).double()


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(("activation", "slope"), ACTIVATIONS)
def test_gradients_are_finite_differences(activation, slope, objective):
    loss, outputs, y = OBJECTIVES[objective]
    model = net([4, 5, 6, 3], activation=activation, slope=slope, outputs=outputs)
    if outputs == "values":
        model.rescaled.fit(y)

    def mean():
        with torch.no_grad():
            return float(loss(model, {"x": X, "y": y}).mean())

    loss(model, {"x": X, "y": y}).mean().backward()
    step = 1e-6
    for p in model.parameters():
        flat, grad = p.data.view(-1), p.grad.view(-1)
        for k in range(len(flat)):
            value = float(flat[k])
            flat[k] = value + step
            up = mean()
            flat[k] = value - step
            down = mean()
            flat[k] = value
            assert float(grad[k]) == pytest.approx((up - down) / (2 * step), abs=2e-8)


def test_it_is_the_composition_of_its_layers():
    model = net([4, 5, 3], activation="tanh", slope=2.0)
    first, last = model.h1, model.outputs
    h = (2 * (X @ first.weight.mT + first.bias)).tanh()
    torch.testing.assert_close(model.activities(X), {"h1": h})
    torch.testing.assert_close(model(X), h @ last.weight.mT + last.bias)
    assert net([4, 3]).activities(X) == {}
    assert model.units == (4, 5, 3)


def test_a_slice_is_an_ordinary_net():
    model = net([4, 5, 3])
    assert type(model[:-1]) is nn.Sequential
    assert model[-1] is model.outputs
    torch.testing.assert_close(model[-1](model[:-1](X)), model(X))


@pytest.mark.parametrize("outputs", ["classes", "values"])
def test_what_is_saved_comes_back(outputs, tmp_path):
    model = net([4, 5, 3], activation="leaky_relu", slope=0.3, outputs=outputs)
    if outputs == "values":
        model.rescaled.fit(VALUES)
    back = load(save(model, tmp_path / "net.safetensors"))
    assert back.settings == model.settings
    assert torch.equal(back(X), model(X))


def test_what_makes_no_net_is_refused():
    with pytest.raises(ValueError, match="units are .4.: give the values of a row"):
        MLP([4])
    with pytest.raises(ValueError, match="activation is 'sin'; 'logistic' or 'tanh'"):
        MLP([4, 3], activation="sin")
    with pytest.raises(TypeError, match="whole number of at least 1"):
        MLP([4, 2.5])


# --- what small ones learn -------------------------------------------------------------------


def learned(x, y, *, units, objective, updates=600, rate=0.02, **settings):
    model = net(units, **settings)
    if settings.get("outputs") == "values":
        model.rescaled.fit(y)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    learner = Descent(model, optimiser, objective)
    first = copy.deepcopy(model)
    for _ in range(updates):
        learner.step({"x": x, "y": y})
    return first, model


def accuracy(model, x, y):
    return float((model(x).argmax(1) == y).double().mean())


@pytest.mark.parametrize("objective", [CrossEntropy(), Bernoulli()])
def test_xor_is_learned(objective):
    x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    y = torch.tensor([0, 1, 1, 0])
    first, model = learned(x, y, units=[2, 8, 2], objective=objective, activation="tanh")
    assert accuracy(model, x, y) == 1
    assert accuracy(first, x, y) < 1
    _, linear = learned(x, y, units=[2, 2], objective=objective)
    assert accuracy(linear, x, y) < 1


def test_a_ring_is_told_from_its_middle():
    """Measured: every one of 400 points; a linear net 53 %."""
    source = torch.Generator().manual_seed(0)
    angle = 2 * math.pi * torch.rand(400, generator=source, dtype=torch.float64)
    radius = torch.rand(400, generator=source, dtype=torch.float64)
    y = (torch.arange(400) % 2).long()
    radius = torch.where(y == 1, 1.2 + radius / 2, radius)
    x = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)
    _, model = learned(x, y, units=[2, 16, 2], objective=CrossEntropy())
    assert accuracy(model, x, y) > 0.99
    _, linear = learned(x, y, units=[2, 2], objective=CrossEntropy())
    assert accuracy(linear, x, y) < 0.8


@pytest.mark.parametrize(
    ("function", "activation", "limit"),
    [(torch.sin, "tanh", 0.02), (torch.abs, "relu", 0.02), (torch.sin, "logistic", 0.04)],
)
def test_a_curve_is_learned(function, activation, limit):
    """Root mean square error on points between those that were learned from."""
    x = torch.linspace(-3, 3, 121, dtype=torch.float64)[:, None]
    y = 50 + 20 * function(x)  # in units of their own
    _, model = learned(
        x,
        y,
        units=[1, 20, 1],
        objective=SquaredError(),
        updates=1500,
        activation=activation,
        outputs="values",
    )
    between = x[:-1] + 0.025
    gap = model(between).detach() - (50 + 20 * function(between))
    assert float(gap.square().mean().sqrt()) < limit * 20
