"""Both passes of backpropagation: worked numbers, autograd, and the bounds of a chain."""

import pytest
import torch
from torch import nn

from harmonium.learning.backward import loss_of, passes
from harmonium.nets import MLP
from harmonium.nets.activations import Activation, Logistic
from harmonium.random import seeded

CHAIN_Y = [0.7310585786300049, 0.6750375273768237, 0.6626302265192633, 0.6598509846183572,
           0.6592269134185651]  # fmt: skip
CHAIN_GRADIENTS = [3.204783144143614e-4, 1.1916286929021047e-3, 5.0159773138510255e-3,
                   2.202528196072341e-2, 9.771945044010465e-2]  # fmt: skip
CHAIN_DELTAS = [3.204783144143614e-4, 1.6300043905307872e-3, 7.4306643859386136e-3,
                3.3239174850836835e-2, 0.14809321000956505]  # fmt: skip
CHAIN_BOUNDS = [6.437762826353175e-4, 1.8825526965563339e-3, 6.953170400223806e-3,
                2.730147993538366e-2, 0.10874788197654017]  # fmt: skip


def chain(length=5):
    """x -> y1 -> ... -> y5: logistic units in a row, all weights 1."""
    parts = []
    for _ in range(length):
        layer = nn.Linear(1, 1, bias=False, dtype=torch.float64)
        layer.weight.data.fill_(1)
        parts += [layer, Logistic()]
    return nn.Sequential(*parts)


def through_chain(t):
    x = torch.ones(1, 1, dtype=torch.float64)
    target = torch.full((1, 1), float(t), dtype=torch.float64)
    return passes(chain(), x, t=target, loss="squared_error")


def bounds(layers, t):
    """|input_k| |y - t| (1/4)^(number of units from k to the end); weights are 1."""
    gap = abs(float(layers[-1].y) - t)
    return [float(layer.inputs) * gap / 4 ** (len(layers) - k) for k, layer in enumerate(layers)]


def test_a_chain_of_five_units_has_the_worked_numbers():
    layers = through_chain(0)
    exact = {"rel": 1e-12, "abs": 0}
    assert [float(layer.y) for layer in layers] == pytest.approx(CHAIN_Y, **exact)
    assert [float(layer.gradient) for layer in layers] == pytest.approx(CHAIN_GRADIENTS, **exact)
    assert [float(layer.delta) for layer in layers] == pytest.approx(CHAIN_DELTAS, **exact)
    assert bounds(layers, 0) == pytest.approx(CHAIN_BOUNDS, **exact)
    x, t = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64)
    loss = loss_of(chain(), x, t=t, loss="squared_error")
    assert loss.item() == pytest.approx(0.21729006168768417, abs=1e-15)


def test_the_bound_of_a_chain_holds_for_absolute_values_only():
    for t in (0, 1):
        layers = through_chain(t)
        limits = bounds(layers, t)
        gradients = [float(layer.gradient) for layer in layers]
        assert all(abs(g) < limit for g, limit in zip(gradients, limits, strict=True))
    gap = float(layers[-1].y) - 1
    signed = [float(layer.inputs) * gap / 4 ** (5 - k) for k, layer in enumerate(layers)]
    assert not any(g <= s for g, s in zip(gradients, signed, strict=True))


def test_a_net_of_two_two_one_units_has_the_worked_numbers():
    """Values computed by hand with pencil-and-paper formulas in numpy."""
    net = MLP([2, 2, 1], activation="logistic").double()[:-1]
    net = nn.Sequential(*net, nn.Linear(2, 1, dtype=torch.float64), Logistic())
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[0.5, -0.5], [1.0, 0.5]]))
        net[0].bias.copy_(torch.tensor([0.0, -0.5]))
        net[2].weight.copy_(torch.tensor([[1.0, -1.0]]))
        net[2].bias.fill_(0.25)
    x = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    t = torch.ones(1, 1, dtype=torch.float64)
    h, out = passes(net, x, t=t, loss="squared_error")
    assert h.y[0].tolist() == pytest.approx([0.6224593312018546] * 2, rel=1e-12)
    assert float(out.y) == pytest.approx(0.5621765008857981, rel=1e-12)
    assert float(out.delta) == pytest.approx(-0.10776328535543979, rel=1e-12)
    each = 0.025324772097568074
    assert h.delta[0].tolist() == pytest.approx([-each, each], rel=1e-12)
    assert out.gradient[0].tolist() == pytest.approx([-0.06707826253046166] * 2, rel=1e-12)
    assert h.gradient.tolist() == [pytest.approx([-each, 0]), pytest.approx([each, 0])]
    loss = loss_of(net, x, t=t, loss="squared_error")
    assert loss.item() == pytest.approx(0.09584470818830179, rel=1e-12)


SOURCE = torch.Generator().manual_seed(1)
X = torch.randn(6, 4, generator=SOURCE, dtype=torch.float64)
TARGETS = {
    "squared_error": ("values", 20 + 7 * torch.randn(6, 3, generator=SOURCE).double()),
    "bernoulli": ("classes", torch.rand(6, 3, generator=SOURCE).double()),
    "cross_entropy": ("classes", torch.tensor([0, 2, 1, 1, 0, 2])),
}


def agrees(net, x, *, t, loss):
    """Whether the formulas give what autograd gives, of every parameter."""
    net.zero_grad()
    loss_of(net, x, t=t, loss=loss).backward()
    layers = {layer.name: layer for layer in passes(net, x, t=t, loss=loss)}
    linear = {n: part for n, part in net.named_children() if isinstance(part, nn.Linear)}
    assert [*layers] == [*linear]
    return all(
        torch.allclose(part.weight.grad, layers[name].gradient, rtol=1e-11, atol=1e-13)
        and torch.allclose(part.bias.grad, layers[name].bias_gradient, rtol=1e-11, atol=1e-13)
        for name, part in linear.items()
    )


@pytest.mark.parametrize("loss", TARGETS)
@pytest.mark.parametrize("activation", Activation.__args__)
def test_the_formulas_equal_autograd(activation, loss):
    outputs, t = TARGETS[loss]
    with seeded(2):
        net = MLP([4, 6, 5, 3], activation=activation, outputs=outputs).double()
    if outputs == "values":
        net.rescaled.fit(t)
    assert agrees(net, X, t=t, loss=loss)


@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_the_formulas_equal_autograd_at_a_slope(activation):
    with seeded(2):
        net = MLP([4, 5, 3], activation=activation, slope=1.7).double()
    assert agrees(net, X, t=TARGETS["cross_entropy"][1], loss="cross_entropy")


def test_a_wrong_derivative_does_not_agree():
    with seeded(2):
        net = MLP([4, 5, 3], activation="logistic", slope=1.7).double()
    net.h1_activation.forward = lambda z: (1.6 * z).sigmoid()
    assert not agrees(net, X, t=TARGETS["cross_entropy"][1], loss="cross_entropy")


def test_the_last_error_is_output_minus_target_for_the_losses_of_probabilities():
    net = MLP([4, 3]).double()
    for loss in ("bernoulli", "cross_entropy"):
        t = torch.eye(3, dtype=torch.float64).repeat(2, 1)
        last = passes(net, X, t=t, loss=loss)[-1]
        assert torch.equal(last.delta, last.y - t)


def test_nets_of_other_modules_are_refused():
    with pytest.raises(ValueError, match="1: both passes are written for dense layers"):
        passes(nn.Sequential(nn.Linear(4, 3), nn.Softmax(1)), X.float(), t=X, loss="bernoulli")
    with pytest.raises(ValueError, match="no layers"):
        passes(nn.Sequential(), X, t=X, loss="bernoulli")
    with pytest.raises(ValueError, match="targets of shape .6, 4. for outputs of shape .6, 3."):
        passes(MLP([4, 3]).double(), X, t=X, loss="bernoulli")
