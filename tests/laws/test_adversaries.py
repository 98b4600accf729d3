"""Laws of adversaries: gradients, the optimal discriminator, and the value of the game."""

import itertools
import math

import pytest
import torch

from harmonium.learning import Adversarial, gradient_penalty
from harmonium.learning.adversarial_losses import Hinge, NonSaturating, Wasserstein
from harmonium.nets import MLP, Adversaries
from harmonium.random import seeded

P = torch.tensor([0.1, 0.4, 0.2, 0.3], dtype=torch.float64)
Q = torch.tensor([0.25, 0.05, 0.6, 0.1], dtype=torch.float64)
"""Distributions of data and of made rows over four rows."""

LOSSES = {"hinge": Hinge(), "non_saturating": NonSaturating(), "wasserstein": Wasserstein(3.0)}


def adversaries(classes=None, **settings):
    with seeded(0):
        net = Adversaries(
            MLP([3 + (classes or 0), 5, 4], activation="tanh"),
            MLP([4, 6, classes or 1], activation="tanh"),
            classes=classes,
            **settings,
        )
    return net.double()


def learner(net, loss, **settings):
    return Adversarial(
        net,
        torch.optim.SGD(net.generator.parameters(), lr=1.0),
        torch.optim.SGD(net.discriminator.parameters(), lr=1.0),
        loss=loss,
        **settings,
    )


def moved(net, learned):
    """Parameters before and after one update by plain descent at rate 1: minus the gradients."""
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    learned()
    return {name: before[name] - p.detach() for name, p in net.named_parameters()}


def numeric(function, parameter, step=1e-5):
    """Central differences of a function without arguments by every value of a parameter."""
    found = torch.zeros_like(parameter)
    flat, answer = parameter.detach().view(-1), found.view(-1)
    for k in range(len(flat)):
        own = float(flat[k])
        values = []
        for sign in (1, -1):
            flat[k] = own + sign * step
            values.append(float(function().detach()))
        flat[k] = own
        answer[k] = (values[0] - values[1]) / (2 * step)
    return found


@pytest.mark.parametrize("classes", [None, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_the_steps_of_both_players_are_gradients_of_their_losses(name, classes):
    """Against finite differences of the two losses, written out with the draws of the update."""
    loss, net = LOSSES[name], adversaries(classes)
    x = torch.rand(7, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    y = None if classes is None else torch.arange(7) % classes
    batch = {"x": x} if y is None else {"x": x, "y": y}
    draws = torch.Generator().manual_seed(2)
    made = net.made(net.latents(7, y=y, source=draws)).detach()
    share = draws.get_state()
    if loss.penalty:
        torch.rand(7, 1, dtype=torch.float64, generator=draws)
    second = net.latents(7, y=y, source=draws)

    def of_discriminator():
        total = loss.real(net.scores(x, y)).mean() + loss.made(net.scores(made, y)).mean()
        if not loss.penalty:
            return total
        source = torch.Generator()
        source.set_state(share)
        penalty = gradient_penalty(net, x, made=made, y=y, source=source)
        return total + loss.penalty * penalty.mean()

    def of_generator():
        return loss.generator(net.scores(net.made(second), y)).mean()

    expected = {n: numeric(of_discriminator, p) for n, p in net.discriminator.named_parameters()}
    first = learner(net, loss)
    net.source = torch.Generator().manual_seed(2)
    steps = moved(net, lambda: first.step(batch))
    for n, gradient in expected.items():
        torch.testing.assert_close(steps[f"discriminator.{n}"], gradient, rtol=1e-5, atol=1e-8)
    # The generator learned from the discriminator as it is after the update.
    with torch.no_grad():
        for n, p in net.generator.named_parameters():
            p.add_(steps[f"generator.{n}"])
    for n, p in net.generator.named_parameters():
        gradient = numeric(of_generator, p)
        torch.testing.assert_close(steps[f"generator.{n}"], gradient, rtol=1e-5, atol=1e-8)


def test_the_best_discriminator_is_the_share_of_the_data():
    """Over four rows, scores are free: descent finds sigma(s) = p / (p + q)."""
    loss = NonSaturating()
    s = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([s], max_iter=200, tolerance_grad=1e-12, tolerance_change=0)

    def closure():
        optimiser.zero_grad()
        total = (P * loss.real(s)).sum() + (Q * loss.made(s)).sum()
        total.backward()
        return total

    optimiser.step(closure)
    torch.testing.assert_close(s.detach().sigmoid(), P / (P + Q), rtol=0, atol=1e-6)
    mean = (P + Q) / 2
    divergence = ((P * (P / mean).log()).sum() + (Q * (Q / mean).log()).sum()) / 2
    value = -float(closure().detach())
    assert value == pytest.approx(-math.log(4) + 2 * float(divergence), abs=1e-9)


def test_the_value_at_equilibrium_is_minus_log_four():
    loss, s = NonSaturating(), torch.zeros(4, dtype=torch.float64)
    assert float(-(P * loss.real(s)).sum() - (P * loss.made(s)).sum()) == pytest.approx(
        -math.log(4), abs=1e-12
    )


def test_no_other_made_distribution_gives_the_discriminator_less():
    """By enumeration of a grid of distributions over three rows: p itself is the best one."""
    p, loss = torch.tensor([0.2, 0.3, 0.5], dtype=torch.float64), NonSaturating()
    values = {}
    for a, b in itertools.product(range(1, 10), repeat=2):
        if a + b < 10:
            q = torch.tensor([a, b, 10 - a - b], dtype=torch.float64) / 10
            s = (p / q).log()
            values[(a, b)] = -float((p * loss.real(s)).sum() + (q * loss.made(s)).sum())
    assert min(values, key=values.get) == (2, 3)
    assert min(values.values()) == pytest.approx(-math.log(4))


def test_the_best_critic_of_two_points_is_their_distance():
    """A linear critic s(x) = w x of slope 1 between the points a and b: s(a) - s(b) = |a - b|."""
    a, b = torch.tensor([[1.0, 2.0]]).double(), torch.tensor([[4.0, 6.0]]).double()
    w = (a - b) / 5
    loss = Wasserstein()
    cost = loss.real((a * w).sum(1)) + loss.made((b * w).sum(1))
    assert float(-cost) == pytest.approx(5.0)


@pytest.mark.parametrize("scale", [0.0, 0.5, 1.0, 3.0])
def test_the_gradient_penalty_of_a_linear_critic_is_by_hand(scale):
    """s(x) = w x has the slope |w| everywhere: the penalty is (|w| - 1)^2."""
    net = Adversaries(MLP([2, 3]), MLP([3, 1])).double()
    w = scale * torch.tensor([[2.0, -1.0, 2.0]], dtype=torch.float64) / 3
    with torch.no_grad():
        net.discriminator.outputs.weight.copy_(w)
    x, made = torch.randn(2, 5, 3, dtype=torch.float64)
    found = gradient_penalty(net, x, made=made)
    torch.testing.assert_close(found, torch.full_like(found, (scale - 1) ** 2), atol=1e-5, rtol=0)
    if scale:
        (slope,) = torch.autograd.grad(found.mean(), net.discriminator.outputs.weight)
        by_hand = 2 * (scale - 1) * w / scale
        torch.testing.assert_close(slope, by_hand, atol=1e-6, rtol=0)


def test_spectral_norm_divides_by_the_largest_singular_value():
    net = adversaries(spectral_norm=True)
    plain = adversaries()
    net.train()
    for _ in range(300):  # each pass in training mode is a step of the power method
        net.scores(torch.zeros(1, 4, dtype=torch.float64))
    net.eval()
    for name in ("h1", "outputs"):
        weight = getattr(plain.discriminator, name).weight.detach()
        expected = weight / torch.linalg.svdvals(weight)[0]
        found = getattr(net.discriminator, name).weight.detach()
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)
    assert not hasattr(net.generator.h1, "parametrizations")


def test_with_spectral_norm_scores_change_no_more_than_rows():
    net = adversaries(spectral_norm=True).train()
    for _ in range(100):
        net.scores(torch.zeros(1, 4, dtype=torch.float64))
    net.eval()
    a, b = torch.randn(2, 200, 4, dtype=torch.float64)
    gaps = (net.scores(a) - net.scores(b)).abs() / (a - b).norm(dim=1)
    assert gaps.max() <= 1 + 1e-6
