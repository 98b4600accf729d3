"""The penalty of mean activities: worked numbers, its gradient, what it refuses."""

import math

import pytest
import torch
from torch import nn

from harmonium.errors import UsageError
from harmonium.learning import Coding
from harmonium.learning.code_penalties.rate import Rate, rate_divergence
from harmonium.learning.objectives import SquaredError
from harmonium.nets import Autoencoder
from harmonium.random import seeded

NET = nn.Identity().eval()


def test_the_worked_numbers():
    q = torch.tensor([0.05, 0.2], dtype=torch.float64, requires_grad=True)
    found = rate_divergence(0.05, q)
    assert found.tolist() == pytest.approx([0, 0.0939430260], abs=1e-9)
    found.sum().backward()
    assert q.grad.tolist() == pytest.approx([0, 0.9375])
    first_term_alone = 0.05 * math.log(0.05 / 0.2)
    assert first_term_alone == pytest.approx(-0.069314718)  # would reward too active units


def test_the_mean_is_over_the_batch():
    code = torch.tensor([[0.1, 0.0], [0.3, 0.1]], dtype=torch.float64)
    found = Rate(target=0.05, strength=2.0)(NET, code, code=code)
    assert found.ndim == 0
    assert float(found) == pytest.approx(2 * 0.0939430260, abs=1e-8)  # rates .2 and .05
    rows = torch.tensor([[0.0], [0.0], [0.0], [0.2]], dtype=torch.float64)
    assert float(Rate(target=0.05)(NET, rows, code=rows)) == pytest.approx(0, abs=1e-12)


def test_units_that_are_always_off_or_on_have_finite_gradients():
    code = torch.tensor([[0.0, 1.0]], dtype=torch.float64, requires_grad=True)
    found = Rate()(NET, code, code=code)
    found.backward()
    assert bool(found.isfinite())
    assert bool(code.grad.isfinite().all())


@pytest.mark.parametrize("training", [False, True])
def test_the_gradient_is_the_central_difference(training):
    with seeded(0):
        net = Autoencoder([5, 4], activation="logistic", outputs="values").double()
    net.train(training)
    x = torch.randn(8, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    objective = Coding(SquaredError(), penalties=[Rate(target=0.1, strength=3.0)], figure="cost")

    def loss():
        return objective(net, {"x": x}).mean()

    loss().backward()
    weight = net.encoder[0].weight
    for i, j in ((0, 0), (2, 3), (3, 4)):
        ends = []
        for side in (1e-6, -2e-6):
            with torch.no_grad():
                weight[i, j] += side
            ends.append(float(loss().detach()))
        with torch.no_grad():
            weight[i, j] += 1e-6
        assert float(weight.grad[i, j]) == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-7)


def test_codes_that_are_no_probabilities_are_refused():
    code = torch.tensor([[0.5, 1.5]], dtype=torch.float64)
    with pytest.raises(UsageError, match=r"range from 0.5 to 1.5, .*: give the code logistic"):
        Rate()(NET, code, code=code)
    for target in (0.0, 1.0, 2.0):
        with pytest.raises(UsageError, match="a share above 0 and below 1"):
            Rate(target=target)
