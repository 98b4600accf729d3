"""Potts models as machines: the same probabilities as those of their fields and couplings."""

import itertools

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.machines import potts
from harmonium.random import generator

SITES, STATES = 4, 3


def model(seed=1):
    source = generator(seed)
    h = torch.randn(SITES, STATES, generator=source, dtype=torch.float64)
    j = torch.randn(SITES, STATES, SITES, STATES, generator=source, dtype=torch.float64)
    return h, (j + j.permute(2, 3, 0, 1)) / 2


def energies(h, j, x):
    fields = torch.einsum("nia,ia->n", x, h)
    return fields + sum(
        torch.einsum("na,ab,nb->n", x[:, a], j[a, :, b], x[:, b])
        for a, b in itertools.combinations(range(SITES), 2)
    )


def test_probabilities_are_those_of_the_potts_model():
    h, j = model()
    graph = potts(h, j)
    x = graph.units["v"].states()
    expected = energies(h, j, x).log_softmax(0)
    found = -graph.free_energy({"v": x}, ("h",)).detach()
    assert_close(found.log_softmax(0), expected)
    wrong = energies(h, -j, x).log_softmax(0)  # a specimen with the signs turned
    assert float((wrong - expected).abs().max()) > 0.1


def test_without_couplings_sites_are_independent():
    h, j = model()
    graph = potts(h, torch.zeros_like(j))
    assert_close(
        exact.log_partition(graph) - exact.log_partition(potts(h * 0, j * 0)),
        h.exp().sum(1).log().sum() - SITES * torch.tensor(float(STATES)).log().double(),
    )


def test_refusals():
    h, j = model()
    with pytest.raises(ValueError, match="a symmetric array of shape"):
        potts(h, j[:, :2])
    j[0, 0, 1, 1] += 1
    with pytest.raises(ValueError, match="a symmetric array of shape"):
        potts(h, j)


def test_fields_of_another_shape_are_refused_in_words():
    with pytest.raises(ValueError, match="symmetric array of shape"):
        potts(torch.zeros(3), torch.zeros(3, 3))
