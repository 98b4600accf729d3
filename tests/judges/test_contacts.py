"""Contacts from couplings, and from mutual information."""

from types import SimpleNamespace

import pytest
import torch
from sklearn.metrics import mutual_info_score

from harmonium import rbm
from harmonium.data.potts_alignment import SHEET, known_couplings, potts_alignment
from harmonium.judges.contacts import Contacts, contact_map, mutual_information
from harmonium.machines import potts
from harmonium.models import adapted


def told(graph):
    data = potts_alignment(500, 5)
    return SimpleNamespace(data=data, able=lambda *_: adapted(graph))


def test_the_true_couplings_give_every_contact_and_none_give_chance():
    true = potts(*known_couplings(22, SHEET, strength=0.8, seed=0))
    figures = Contacts(top=len(SHEET) // 2)(told(true))
    assert figures["contact_precision"] == 1.0
    assert 0 < figures["contact_share"] < 0.15
    h, j = known_couplings(22, SHEET, strength=0.8, seed=0)
    shuffled = torch.randperm(22, generator=torch.Generator().manual_seed(1))
    wrong = potts(h, j[shuffled][:, :, shuffled])  # a specimen with its sites shuffled
    assert Contacts(top=10)(told(wrong))["contact_precision"] < 0.5


def test_mutual_information_is_that_of_scikit_learn():
    x = potts_alignment(300, 5, sites=4, contacts=[[0, 3], [1, 2]]).train.x.reshape(-1, 4, 21)
    codes = x.argmax(2)
    raw = torch.zeros(4, 4, dtype=torch.float64)
    for i in range(4):
        for k in range(4):
            raw[i, k] = 0 if i == k else mutual_info_score(codes[:, i], codes[:, k])
    mean = raw.sum(1) / 3
    expected = raw - torch.outer(mean, mean) / mean.mean()
    found = mutual_information(x)
    off = ~torch.eye(4, dtype=torch.bool)
    torch.testing.assert_close(found[off], expected[off])


def test_refusals():
    with pytest.raises(ValueError, match=r"pair \[0, 30\]; two different sites from 0 to 21"):
        contact_map([[0, 30]], 22)
    with pytest.raises(ValueError, match="judge contacts: couplings between sites"):
        Contacts()(told(rbm(6, 3)))


def test_no_pairs_are_not_the_pairs_of_the_artificial_family():
    true = potts(*known_couplings(22, SHEET, strength=0.8, seed=0))
    assert Contacts(pairs=[])(told(true))["contact_share"] == 0


def test_a_separation_without_pairs_is_refused():
    true = potts(*known_couplings(22, SHEET, strength=0.8, seed=0))
    with pytest.raises(ValueError, match="separation is 22, and there are 22 sites"):
        Contacts(separation=22)(told(true))
