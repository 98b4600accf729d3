"""The deep net: without norm and shortcut the MLP to the bit; blocks as their formulas."""

import math

import pytest
import torch
from torch import nn

from harmonium.errors import UsageError
from harmonium.learning import cross_entropy
from harmonium.nets import MLP, Deep
from harmonium.random import generator, seeded

UNITS = [6, 5, 5, 5, 5, 5, 3]


def made(seed=0, **settings):
    with seeded(seed):
        return Deep(UNITS, **settings).double()


def rows(n=20, seed=1):
    return torch.randn(n, UNITS[0], generator=generator(seed), dtype=torch.float64)


@pytest.mark.parametrize("initial", ["auto", "orthogonal", 0.1])
@pytest.mark.parametrize("name", ["logistic", "relu", "identity"])
def test_without_norm_and_shortcut_it_is_the_mlp_to_the_bit(name, initial):
    settings = {"activation": name, "initial": initial}
    with seeded(0):
        deep = Deep(UNITS, **settings)
    with seeded(0):
        mlp = MLP(UNITS, **settings)
    states = deep.state_dict(), mlp.state_dict()
    assert list(states[0]) == list(states[1])
    assert all(torch.equal(x, states[1][k]) for k, x in states[0].items())
    x = rows().float()
    assert torch.equal(deep(x), mlp(x))
    assert all(torch.equal(h, mlp.activities(x)[k]) for k, h in deep.activities(x).items())


def layer(net, k, x):
    return net.get_submodule(f"h{k}")(x)


def test_a_shortcut_after_the_activation():
    net, x = made(activation="tanh", residual="after"), rows()
    a = layer(net, 1, x).tanh()  # 6 inputs, 5 units: nothing to add
    for k in range(2, 6):
        a = layer(net, k, a).tanh() + a
    assert torch.allclose(net.activities(x)["h5"], a)
    assert torch.allclose(net(x), net.outputs(a))


def test_a_shortcut_before_the_activation_of_every_second_layer():
    net, x = made(activation="tanh", residual="before"), rows()
    one = layer(net, 1, x).tanh()
    three = (layer(net, 3, layer(net, 2, one).tanh()) + one).tanh()
    five = (layer(net, 5, layer(net, 4, three).tanh()) + three).tanh()
    found = net.activities(x)
    assert torch.allclose(found["h3"], three)
    assert torch.allclose(found["h5"], five)


def test_the_shortcut_is_left_out_where_sizes_differ():
    with seeded(0):
        net = Deep([6, 5, 4, 3, 2], activation="tanh", residual="after").double()
    with seeded(0):
        plain = MLP([6, 5, 4, 3, 2], activation="tanh").double()
    assert torch.equal(net(rows()), plain(rows()))


def test_batch_norm_takes_its_statistics_from_the_rows_in_training():
    net, x = made(norm="batch", activation="tanh").train(), rows()
    z = layer(net, 1, x)
    normal = (z - z.mean(0)) / (z.var(0, correction=0) + 1e-5).sqrt()
    assert torch.allclose(net.activities(x)["h1"], normal.tanh())
    net.eval()
    assert torch.equal(net(x), net(x))
    assert not torch.allclose(net.activities(x)["h1"], normal.tanh())


def test_layer_norm_takes_its_statistics_from_the_units_of_a_row():
    net, x = made(norm="layer", activation="tanh"), rows()
    z = layer(net, 1, x)
    mean, spread = z.mean(1, keepdim=True), (z.var(1, correction=0, keepdim=True) + 1e-5).sqrt()
    assert torch.allclose(net.activities(x)["h1"], ((z - mean) / spread).tanh())


def loss(net, x, y):
    return cross_entropy(net, {"x": x, "y": y}).mean()


@pytest.mark.parametrize("residual", ["none", "after", "before"])
@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
def test_gradients_by_finite_differences(norm, residual):
    net = made(norm=norm, residual=residual, activation="tanh").train()
    x, y = rows(7), torch.tensor([0, 1, 2, 0, 1, 2, 0])
    loss(net, x, y).backward()
    for name, p in net.named_parameters():
        place, step = (0,) * p.ndim, 1e-6
        with torch.no_grad():
            p[place] += step
            high = float(loss(net, x, y))
            p[place] -= 2 * step
            low = float(loss(net, x, y))
            p[place] += step
        assert float(p.grad[place]) == pytest.approx((high - low) / 2 / step, abs=1e-7), name


def test_a_shortcut_keeps_the_gradient_of_deep_logistic_units():
    def ratio(residual):
        with seeded(0):
            net = Deep([6, *[20] * 10, 3], activation="logistic", initial=0.1, residual=residual)
        loss(net, rows().float(), torch.arange(20) % 3).backward()
        return float(net.h2.weight.grad.norm() / net.outputs.weight.grad.norm())

    assert ratio("none") < 1e-6
    assert ratio("after") > 1e-3
    assert ratio("none") < ratio("before") < 1e-3


def test_settings_make_the_net_again():
    net = made(norm="batch", residual="after", initial="orthogonal", activation="tanh", slope=2)
    assert Deep(**net.settings).settings == net.settings
    assert net.units == tuple(UNITS)
    assert sum(isinstance(m, nn.BatchNorm1d) for m in net.modules()) == 5


def test_parameters_of_the_letters_net():
    with seeded(0):
        net = Deep([841, 100, 100, 100, 100, 100, 26], activation="logistic", initial=0.1)
    assert sum(p.numel() for p in net.parameters()) == 127_226
    x = torch.zeros(3, 841, dtype=torch.float32)
    assert float(loss(net, x, torch.tensor([0, 1, 2])).detach()) == pytest.approx(
        math.log(26), abs=0.7
    )


def test_one_row_has_no_variance():
    with pytest.raises(UsageError, match="a batch of one row has no variance"):
        made(norm="batch").train()(rows(1))
    assert made(norm="batch").eval()(rows(1)).shape == (1, 3)
