"""The multinomial loss against the distribution of counts."""

import math

import pytest
import torch
from torch import nn

from harmonium.learning.objectives import Multinomial

Z = torch.randn(4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
T = torch.tensor([[1.0, 0, 2], [0, 0, 0], [4, 1, 0], [0, 0, 1]], dtype=torch.float64)


def loss(z, t, **settings):
    return Multinomial(**settings)(nn.Identity(), {"x": z, "y": t})


def test_with_the_coefficient_it_is_the_log_probability_of_the_counts():
    for z, t in zip(Z, T, strict=True):
        exact = torch.distributions.Multinomial(int(t.sum()), logits=z).log_prob(t)
        total = math.lgamma(float(t.sum()) + 1)
        coefficient = total - sum(math.lgamma(float(n) + 1) for n in t)
        assert float(-loss(z[None], t[None]) + coefficient) == pytest.approx(float(exact))


def test_one_word_is_the_cross_entropy_of_its_class():
    y = torch.tensor([2, 0, 1, 1])
    expected = nn.functional.cross_entropy(Z, y, reduction="none")
    torch.testing.assert_close(loss(Z, nn.functional.one_hot(y, 3).double()), expected)


def test_per_word_does_not_depend_on_the_length_of_a_document():
    short, long = loss(Z, T, per_word=True), loss(Z, 3 * T, per_word=True)
    torch.testing.assert_close(short, long)
    torch.testing.assert_close(short[0] * 3, loss(Z, T)[0])


@pytest.mark.parametrize("per_word", [False, True])
def test_an_empty_document_costs_nothing_and_moves_nothing(per_word):
    z = Z.clone().requires_grad_()
    losses = loss(z, T, per_word=per_word)
    losses.sum().backward()
    assert losses[1] == 0
    assert z.grad is not None
    assert z.grad.isfinite().all()
    assert (z.grad[1] == 0).all()


def test_the_best_shares_are_those_of_the_counts():
    best = (T[2] / T[2].sum()).clamp(min=1e-30).log()[None]
    for seed in range(5):
        other = best + 0.1 * torch.randn(3, generator=torch.Generator().manual_seed(seed))
        assert loss(other, T[2:3]) > loss(best, T[2:3])
