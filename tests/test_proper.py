"""Pairs of families; more of them in tests/test_graph.py."""

import itertools

import pytest
import torch

from harmonium import (
    Bernoulli,
    Binomial,
    Categorical,
    Dense,
    DReLU,
    EnergyGraph,
    Gaussian,
    MaxPooled,
    Multinomial,
    Poisson,
    Rectified,
    Spin,
)
from harmonium.proper import check_normalisable, check_pairs

FAMILIES = {
    **{"bernoulli": Bernoulli(2), "spin": Spin(2), "categorical": Categorical(2)},
    **{"multinomial": Multinomial(2), "binomial": Binomial(2, trials=3)},
    **{"max_pooled": MaxPooled(1, 2, 2), "gaussian": Gaussian(2), "rectified": Rectified(2)},
    **{"drelu": DReLU(2), "poisson": Poisson(2)},
}
REAL = {"gaussian", "rectified", "drelu"}


def pair(a, b, *, weight):
    v, h = FAMILIES[a], FAMILIES[b]
    connection = Dense(v.shape, h.shape)
    with torch.no_grad():
        connection.weight.fill_(weight)
    return EnergyGraph({"v": v, "h": h}, {("v", "h"): connection})


@pytest.mark.parametrize(("a", "b"), [*itertools.permutations(FAMILIES, 2)])
def test_the_table_of_the_documentation(a, b):
    """Small weights and large ones between two groups of every two families."""
    if "poisson" in (a, b) and {a, b} & REAL:
        for weight in (0.01, -100.0):
            with pytest.raises(ValueError, match=r"'v' .* and 'h' .* cannot be connected"):
                pair(a, b, weight=weight)
        return
    check_normalisable(pair(a, b, weight=0.01).units, pair(a, b, weight=0.01).edges)
    if {a, b} <= REAL:
        with pytest.raises(
            ValueError, match=r"'h' \(.*\) and 'v' \(.*make the weights .* smaller"
        ):
            pair(a, b, weight=100.0)
    else:
        assert pair(a, b, weight=100.0).check_normalisable() is None


def test_an_improper_energy_has_no_bound():
    """Why Poisson meets no real units: the energy falls without end along x = y^2."""
    x = torch.tensor([10.0, 1e3, 1e5], dtype=torch.float64)
    best = x * 0.5  # the real unit's best value given x, at weight .5
    energy = torch.lgamma(x + 1) + best.square() / 2 - 0.5 * x * best
    assert bool((energy.diff() < 0)[-1])
    assert float(energy[-1]) < -1e8


def test_pairs_are_checked_by_growth_alone():
    assert check_pairs({"v": Poisson(2), "h": Bernoulli(2)}, []) is None


def test_a_joint_precision_that_does_not_fit_into_memory_is_refused(monkeypatch):
    monkeypatch.setattr("harmonium.memory.free", lambda: 1e6)
    units = {"v": Gaussian(500), "h": Gaussian(500)}
    with pytest.raises(ValueError, match="joint precision matrix of v, h, 1,000 units, needs"):
        EnergyGraph(units, {("v", "h"): Dense((500,), (500,), std=1e-6)}).check_normalisable()
