"""The draws of symbols: exact frequencies, and what temperature, top-k and top-p keep."""

import pytest
import torch

from harmonium.errors import UsageError
from harmonium.sampling.picking import Pick

Z = torch.tensor([3.0, 1.0, 2.5, -1.0, 0.5], dtype=torch.float64)
DRAWS = 200_000


def frequencies(pick):
    drawn = pick(Z.expand(DRAWS, -1), torch.Generator().manual_seed(1))
    return torch.bincount(drawn, minlength=len(Z)).double() / DRAWS


def expected(pick):
    """By hand, in plain Python."""
    p = [float(x) for x in (Z / pick.temperature).softmax(0)]
    order = sorted(range(len(p)), key=lambda k: -p[k])[: pick.top_k]
    total = sum(p[k] for k in order)
    kept, mass = [], 0.0
    for k in order:
        if pick.top_p is not None and mass >= pick.top_p:
            break
        kept.append(k)
        mass += p[k] / total
    whole = sum(p[k] for k in kept)
    return torch.tensor([p[k] / whole if k in kept else 0.0 for k in range(len(p))]).double()


PICKS = [
    Pick(),
    Pick(0.5),
    Pick(2.0),
    Pick(top_k=2),
    Pick(top_p=0.8),
    Pick(0.7, 4, 0.9),
    Pick(top_k=99),
    Pick(top_p=1e-9),
]


@pytest.mark.parametrize("pick", PICKS, ids=str)
def test_draws_have_the_probabilities_of_the_definition(pick):
    p = expected(pick)
    torch.testing.assert_close(pick.log_probs(Z[None])[0].exp(), p)
    found = frequencies(pick)
    bound = 5 * (p * (1 - p) / DRAWS).sqrt() + 1e-12
    assert bool(((found - p).abs() <= bound).all())


def test_a_wrong_temperature_would_show():
    p, found = expected(Pick(1.02)), frequencies(Pick())
    assert bool(((found - p).abs() > 5 * (p * (1 - p) / DRAWS).sqrt()).any())


def test_temperature_0_takes_the_most_probable():
    pick = Pick(0)
    assert pick(Z[None]).item() == 0
    assert pick.log_probs(Z[None]).exp().tolist() == [[1, 0, 0, 0, 0]]


@pytest.mark.parametrize(
    "settings", [{"top_p": 0}, {"top_p": 1.1}, {"top_k": 0}, {"temperature": -1}]
)
def test_what_cannot_be_picked(settings):
    with pytest.raises(UsageError):
        Pick(**settings)
