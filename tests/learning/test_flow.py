"""Gradients through layers: a chain of five units, an independent reference, dead units."""

import copy
import math

import numpy as np
import pytest
import torch
from torch import nn

from harmonium.errors import UsageError
from harmonium.learning.flow import flow
from harmonium.learning.objectives import (
    Bernoulli,
    Coding,
    SquaredError,
    cross_entropy,
)
from harmonium.nets import MLP, Autoencoder, Maxout
from harmonium.nets.activations import Logistic
from harmonium.random import generator, seeded

CHAIN_G = [
    3.204783144143614e-4,
    1.1916286929021047e-3,
    5.0159773138510255e-3,
    2.202528196072341e-2,
    9.771945044010465e-2,
]
CHAIN_D = [
    3.204783144143614e-4,
    1.6300043905307872e-3,
    7.4306643859386136e-3,
    3.3239174850836835e-2,
    0.14809321000956505,
]
"""dE/dw and dE/dz of five logistic units in a row: all weights 1, x = 1, E = (y - 0)^2 / 2."""


def net_of(units, activation, seed=0):
    with seeded(seed):
        return MLP(units, activation=activation).double()


def rows_of(n, inputs, classes, seed=1):
    source = generator(seed)
    x = torch.randn(n, inputs, generator=source, dtype=torch.float64)
    return {"x": x, "y": torch.randint(classes, (n,), generator=source)}


def test_the_chain_of_five_logistic_units():
    parts = []
    for _ in range(5):
        parts += [nn.Linear(1, 1, bias=False, dtype=torch.float64), Logistic()]
        nn.init.ones_(parts[-2].weight)
    one = torch.ones(1, 1, dtype=torch.float64)
    measured = flow(nn.Sequential(*parts), {"x": one, "y": 0 * one}, objective=SquaredError())
    assert [layer.gradient for layer in measured.layers] == pytest.approx(CHAIN_G, rel=1e-12)
    assert [layer.delta for layer in measured.layers] == pytest.approx(CHAIN_D, rel=1e-12)
    assert measured.ratio == pytest.approx(CHAIN_G[0] / CHAIN_G[4], rel=1e-12)
    assert [layer.name for layer in measured.layers] == ["h1", "h2", "h3", "h4", "outputs"]
    assert all(layer.slope < 0.25 for layer in measured.layers)


FUNCTIONS = {
    "logistic": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1, 0.01)),
}


def reference(net, batch, name):
    """By the formulas: for every layer |dE/dW|, delta, mean slope and active share."""
    f, df = FUNCTIONS[name]
    parts = [m for m in net.children() if isinstance(m, nn.Linear)]
    ws = [m.weight.detach().numpy() for m in parts]
    y, t = [batch["x"].numpy()], batch["y"].numpy()
    zs = []
    for k, (w, part) in enumerate(zip(ws, parts, strict=True)):
        zs.append(y[-1] @ w.T + part.bias.detach().numpy())
        y.append(f(zs[-1]) if k < len(ws) - 1 else zs[-1])
    p = np.exp(zs[-1]) / np.exp(zs[-1]).sum(1, keepdims=True)
    delta = p - np.eye(p.shape[1])[t]  # of every row's own loss
    rows = []
    for k in reversed(range(len(ws))):
        gradient = delta.T @ y[k] / len(t)
        slope = df(zs[k]).mean() if k < len(ws) - 1 else 1.0
        length = np.linalg.norm(delta, axis=1).mean()
        rows.insert(0, (np.linalg.norm(gradient), length, slope, (y[k + 1] > 0).mean()))
        delta = delta @ ws[k] * df(zs[k - 1]) if k else None
    return rows


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_layer_against_the_formulas_of_backpropagation(name):
    net, batch = net_of([7, 6, 5, 4, 3], name), rows_of(40, 7, 3)
    measured = flow(net, batch, objective=cross_entropy)
    rows = [(x.gradient, x.delta, x.slope, x.active) for x in measured.layers]
    assert np.allclose(rows, reference(net, batch, name), rtol=1e-10)
    assert not np.allclose(rows, reference(net_of([7, 6, 5, 4, 3], name, 1), batch, name))
    first, last = measured.layers[0], measured.layers[-1]
    assert measured.ratio == first.gradient / last.gradient
    assert first.rms == pytest.approx(first.gradient / 42**0.5)
    assert first.weight == pytest.approx(float(net.h1.weight.detach().norm()))


def test_weights_of_rows_count():
    net, batch = net_of([4, 3, 2], "tanh"), rows_of(6, 4, 2)
    weights = torch.tensor([2.0, 1, 0, 0, 0, 0], dtype=torch.float64)
    twice = {"x": batch["x"][[0, 0, 1]], "y": batch["y"][[0, 0, 1]]}
    one = flow(net, {**batch, "weights": weights}, objective=cross_entropy)
    two = flow(net, twice, objective=cross_entropy)
    assert one.loss == pytest.approx(two.loss)
    assert one.constant == pytest.approx(two.constant)
    assert one.layers[0].gradient == pytest.approx(two.layers[0].gradient)


@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.Adam])
def test_update_is_that_of_the_next_step(make):
    net, batch = net_of([4, 3, 2], "tanh"), rows_of(10, 4, 2)
    optimiser = make(net.parameters(), lr=0.01)
    cross_entropy(net, rows_of(10, 4, 2, seed=2)).mean().backward()
    optimiser.step()  # so that the optimiser has a state
    measured = flow(net, batch, objective=cross_entropy, optimiser=optimiser)
    before = net.h1.weight.detach().clone()
    optimiser.zero_grad()
    cross_entropy(net, batch).mean().backward()
    optimiser.step()
    change = (net.h1.weight.detach() - before).norm() / before.norm()
    assert measured.layers[0].update == pytest.approx(float(change), rel=1e-9)
    assert flow(net, batch, objective=cross_entropy).layers[0].update is None
    optimiser.param_groups[0]["lr"] = 0.0
    assert flow(net, batch, objective=cross_entropy, optimiser=optimiser).layers[0].update is None


def test_nothing_is_changed():
    net = nn.Sequential(
        nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 2)
    )
    net.double().train()
    batch = rows_of(20, 4, 2)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.1)
    cross_entropy(net, batch).mean().backward()
    optimiser.step()
    kept = copy.deepcopy((net.state_dict(), optimiser.state_dict()))
    grads = [p.grad.clone() for p in net.parameters()]
    drawn = torch.get_rng_state()
    measured = flow(net, batch, objective=cross_entropy, optimiser=optimiser)
    assert torch.equal(drawn, torch.get_rng_state())
    assert all(torch.equal(x, net.state_dict()[k]) for k, x in kept[0].items())
    assert str(kept[1]) == str(optimiser.state_dict())
    assert all(torch.equal(a, p.grad) for a, p in zip(grads, net.parameters(), strict=True))
    assert all(module.training for module in net.modules())
    net[3].eval()  # batch norm by the batch, no dropout: what is measured
    assert measured.loss == pytest.approx(float(cross_entropy(net, batch).detach().mean()))
    assert [layer.activation for layer in measured.layers] == ["ReLU", "linear"]


def planted(activation):
    """A net whose second hidden unit lies far below 0 on every row, and its gradient."""
    net, batch = net_of([5, 40, 30, 2], activation), rows_of(500, 5, 2)
    with torch.no_grad():
        net.h1.bias[1] = -100.0
    cross_entropy(net, batch).mean().backward()
    return flow(net, batch, objective=cross_entropy), net.h1.weight.grad


def test_a_dead_unit_is_found_exactly_and_gets_no_gradient():
    measured, gradient = planted("relu")
    assert [layer.dead for layer in measured.layers] == [1, 0, 0]
    assert torch.equal(gradient[1], torch.zeros(5, dtype=torch.float64))
    assert bool((gradient[0] != 0).all())


def test_a_leaky_unit_gets_a_gradient_where_a_rectified_one_is_dead():
    measured, gradient = planted("leaky_relu")
    assert [layer.dead for layer in measured.layers] == [0, 0, 0]
    assert bool((gradient[1] != 0).all())


def revived(activation):
    """Value above 0 of a planted unit after 1000 updates at a rate of 1, on its best row."""
    net, batch = net_of([5, 4, 3, 2], activation), rows_of(50, 5, 2)
    with torch.no_grad():
        net.h1.bias[1] = -1.0
        net.h1.weight[1] /= 10
    optimiser = torch.optim.SGD(net.parameters(), lr=1.0)
    for _ in range(1000):
        optimiser.zero_grad()
        cross_entropy(net, batch).mean().backward()
        optimiser.step()
    return float(net.activities(batch["x"])["h1"][:, 1].detach().max())


def test_a_leaky_unit_revives_and_a_rectified_one_stays_dead():
    assert revived("relu") == 0
    assert revived("leaky_relu") > 0


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("logistic", 1, 1), ("relu", 0.4, 0.6), ("leaky_relu", 0.4, 0.6), ("tanh", 0.4, 0.6)],
)
def test_the_share_of_active_units_by_activation(name, low, high):
    net, batch = net_of([20, 200, 200, 2], name), rows_of(100, 20, 2)
    for layer in flow(net, batch, objective=cross_entropy).hidden:
        assert low <= layer.active <= high


def test_saturation_is_that_of_bounded_functions():
    batch = rows_of(100, 20, 2)
    shares = {}
    for name in ("logistic", "tanh", "relu"):
        net = net_of([20, 50, 2], name)
        shares[name] = [flow(net, batch, objective=cross_entropy).layers[0].saturated]
        with torch.no_grad():
            net.h1.weight.mul_(100)
        shares[name].append(flow(net, batch, objective=cross_entropy).layers[0].saturated)
    assert shares["relu"] == [None, None]
    for name in ("logistic", "tanh"):
        few, many = shares[name]
        assert few < 0.2
        assert many > 0.9


def test_the_loss_of_constant_outputs():
    net = net_of([3, 4, 3], "tanh")
    batch = {**rows_of(8, 3, 3), "y": torch.tensor([0, 0, 0, 0, 1, 1, 2, 2])}
    entropy = 0.5 * math.log(2) + 0.5 * math.log(4)
    assert flow(net, batch, objective=cross_entropy).constant == pytest.approx(entropy)
    assert flow(net, batch, objective=Bernoulli()).constant is None
    values = {"x": batch["x"], "y": torch.randn(8, 3, dtype=torch.float64)}
    spread = 0.5 * float(values["y"].var(0, correction=0).sum())
    assert flow(net, values, objective=SquaredError()).constant == pytest.approx(spread)


def test_a_maxout_unit_is_measured_after_its_maximum():
    with seeded(0):
        net = Maxout([5, 4, 6, 2], pieces=3).double()
    batch = rows_of(20, 5, 2)
    measured = flow(net, batch, objective=cross_entropy)
    assert [layer.name for layer in measured.layers] == ["h1", "h2", "outputs"]
    assert [layer.units for layer in measured.layers] == [4, 6, 2]
    assert [layer.activation for layer in measured.layers] == [
        "MaxoutLayer",
        "MaxoutLayer",
        "linear",
    ]
    assert torch.equal(measured.activities["h2"], net.activities(batch["x"])["h2"].detach())
    assert [layer.dead for layer in measured.hidden] == [None, None]
    cross_entropy(net, batch).mean().backward()
    norm = float(net.h1.linear.weight.grad.norm())
    assert measured.layers[0].gradient == pytest.approx(norm)


def test_the_layers_of_an_autoencoder_have_their_own_names():
    with seeded(0):
        net = Autoencoder([6, 4, 2], outputs="values").double()
    x = rows_of(20, 6, 2)["x"]
    measured = flow(net, {"x": x}, objective=Coding(SquaredError()))
    names = [layer.name for layer in measured.layers]
    assert names == ["h1", "h2", "decoder_1", "outputs"]
    assert measured.constant is None


def test_a_net_without_layers_is_refused():
    class Shift(nn.Module):
        def __init__(self):
            super().__init__()
            self.shift = nn.Parameter(torch.zeros(2, dtype=torch.float64))

        def forward(self, x):
            return x + self.shift

    with pytest.raises(UsageError, match="Shift has no layer with a weight matrix"):
        flow(Shift(), rows_of(5, 2, 2), objective=cross_entropy)


def test_a_recurrent_net_has_gradients_by_lag():
    from harmonium.learning.objectives import NextToken
    from harmonium.learning.through_time import gradients_by_lag
    from harmonium.nets import LanguageNet
    from harmonium.nets.recurrent import LSTM

    net = LanguageNet(5, LSTM(3, 4)).double()
    x = torch.randint(5, (6, 9), generator=torch.Generator().manual_seed(0))
    found = flow(net, {"x": x}, objective=NextToken())
    assert [layer.name for layer in found.layers] == ["embedding", "recurrent", "outputs"]
    assert [layer.units for layer in found.layers] == [3, 4, 5]
    assert found.activities["recurrent"].shape == (6 * 8, 4)
    loss = NextToken()(net, {"x": x}).mean()
    loss.backward()
    expected = net.recurrent.recurrent_weight.grad.norm()
    assert found.layers[1].gradient == pytest.approx(float(expected))
    p = x[:, 1:].flatten().bincount().double() / 48
    assert found.constant == pytest.approx(float(-(p * p.log()).sum()))
    logits, _ = net(x[:, :-1])
    p = logits.detach().softmax(-1)[:, -1]
    p[torch.arange(6), x[:, -1]] -= 1
    direction = p @ net.outputs.weight.detach()  # of the last step's loss
    norms = gradients_by_lag(net.recurrent, net.embedding(x[:, :-1]), direction=direction)
    assert found.lags["recurrent"] == pytest.approx((norms / norms[0]).tolist())
