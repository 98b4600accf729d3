"""Artificial alignments: couplings only between contacts, and sequences that follow them."""

import pytest
import torch

from harmonium.data.potts_alignment import SHEET, known_couplings, potts_alignment


def test_only_sites_in_contact_are_coupled_and_without_a_preferred_letter():
    h, j = known_couplings(22, SHEET, strength=0.8, seed=0)
    norm = j.square().sum((1, 3)).sqrt()
    coupled = {(i, k) for i, k in norm.nonzero().tolist() if i < k}
    assert coupled == {tuple(sorted(pair)) for pair in SHEET}
    torch.testing.assert_close(j, j.permute(2, 3, 0, 1))
    assert float(j.sum((1, 3)).abs().max()) < 1e-4
    assert h.shape == (22, 21)


def test_sequences_follow_their_couplings():
    data = potts_alignment(2000, 10, sites=3, contacts=[[0, 2]], strength=1.0, seed=1)
    assert (len(data.train), len(data.test), data.shape) == (2000, 10, (3, 21))
    x = data.train.x.reshape(-1, 3, 21)
    assert torch.equal(x.sum(2), torch.ones(2000, 3))
    h, j = known_couplings(3, [[0, 2]], strength=1.0, seed=1)
    expected = (h[0][:, None] + h[2][None] + j[0, :, 2]).flatten().softmax(0).reshape(21, 21)
    found = torch.einsum("na,nb->ab", x[:, 0], x[:, 2]) / len(x)
    assert float((found - expected).abs().sum()) / 2 < 0.2  # total variation
    alone = expected.sum(1)[:, None] * expected.sum(0)  # a specimen without the coupling
    assert float((found - alone).abs().sum()) / 2 > 0.25


def test_refusals():
    with pytest.raises(ValueError, match=r"contact \[1, 1\]: two different sites"):
        potts_alignment(5, 5, sites=3, contacts=[[1, 1]])
    with pytest.raises(ValueError, match=r"contact \[0, 0, 1\]: two different sites"):
        potts_alignment(5, 5, sites=3, contacts=[[0, 0, 1]])


def test_a_family_without_contacts():
    assert potts_alignment(5, 5, sites=3, contacts=[]).shape == (3, 21)  # the sheet has 22 sites
