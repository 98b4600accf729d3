"""Effective couplings against enumeration, and the contacts that they predict."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, Categorical, Gaussian, Rectified, rbm
from harmonium.learning.couplings import contact_precision, contact_scores, effective_couplings
from harmonium.machines import dbm, potts
from harmonium.random import generator
from tests.laws.specimens import randomised

SITES, STATES = 5, 3


def zero_sum_model(seed=1, std=0.5):
    source = generator(seed)
    h = std * torch.randn(SITES, STATES, generator=source, dtype=torch.float64)
    j = std * torch.randn(SITES, STATES, SITES, STATES, generator=source, dtype=torch.float64)
    j = j + j.permute(2, 3, 0, 1)
    j -= j.mean(1, keepdim=True)
    j -= j.mean(3, keepdim=True)
    j[torch.arange(SITES), :, torch.arange(SITES)] = 0
    return h - h.mean(1, keepdim=True), j


def enumerated(graph):
    """The projection itself, from all sequences under the uniform distribution."""
    x = graph.units["v"].states()
    value = -graph.free_energy({"v": x}, tuple(n for n in graph.units if n != "v")).detach()
    value = value - value.mean()
    share = x.sum(0)
    single = torch.einsum("n,nia->ia", value, x) / share
    pairs = torch.einsum("nia,njb->iajb", x, x)
    both = torch.einsum("n,nia,njb->iajb", value, x, x) / pairs.clamp(min=1)
    j = both - single[:, :, None, None] - single[None, None]
    j[torch.arange(SITES), :, torch.arange(SITES)] = 0
    return single, j


def test_those_of_a_potts_model_come_back_exactly():
    h, j = zero_sum_model()
    found = effective_couplings(potts(h, j))
    assert_close(found.couplings, j, atol=1e-9, rtol=0)
    assert_close(found.fields, h, atol=1e-9, rtol=0)


@pytest.mark.parametrize("hidden", [Bernoulli(4), Gaussian(3), Rectified(3)])
def test_those_of_a_machine_are_near_its_enumerated_projection(hidden):
    graph = randomised(rbm(Categorical(SITES, STATES), hidden), 3, std=0.4).double()
    fields, couplings = enumerated(graph)
    found = effective_couplings(graph)
    error = (found.couplings - couplings).norm() / couplings.norm()
    assert float(error) < (1e-9 if isinstance(hidden, Gaussian) else 0.02)
    assert float((found.fields - fields).norm() / fields.norm()) < 0.02
    wrong = (-found.couplings - couplings).norm() / couplings.norm()
    assert float(wrong) > 1  # a specimen with the sign turned


def test_scores_find_the_coupled_pairs():
    h, j = zero_sum_model(std=0.05)
    contacts = torch.zeros(SITES, SITES, dtype=torch.bool)
    for a, b in ((0, 3), (1, 4)):
        j[a, :, b] *= 20
        j[b, :, a] *= 20
        contacts[a, b] = contacts[b, a] = True
    scores = contact_scores(effective_couplings(potts(h, j)).couplings)
    assert torch.equal(scores, scores.mT)
    assert contact_precision(scores, contacts, top=2) == 1.0
    assert contact_precision(scores, contacts, top=2, separation=4) == 0.0
    assert contact_precision(-scores, contacts, top=2) < 1.0


def test_the_product_correction_takes_away_what_a_site_shares_with_all_others():
    norm = torch.outer(torch.arange(1.0, 6.0), torch.arange(1.0, 6.0)).double()
    j = torch.zeros(SITES, STATES, SITES, STATES, dtype=torch.float64)
    j[:, 0, :, 0] = norm
    raw = norm - norm.diagonal().diag()
    scores = contact_scores(j)
    pairs = torch.triu_indices(SITES, SITES, 1)
    spread = raw[pairs[0], pairs[1]].std()
    assert float(scores[pairs[0], pairs[1]].std() / spread) < 0.35


def test_other_machines_have_no_such_couplings():
    for graph in (rbm(6, 3), dbm(Categorical(3, 2), 3, 2)):
        with pytest.raises(ValueError, match="machine of one-hot units"):
            effective_couplings(graph)
