"""A group is a number of binary units, or units."""

import numpy as np
import pytest

from harmonium import (
    Bernoulli,
    Gaussian,
    belief_net,
    boltzmann,
    classification_rbm,
    dbm,
    hopfield,
    rbm,
)
from harmonium.machines.groups import group


def test_numbers_and_units_make_groups():
    units = Gaussian(3)
    assert group(units, what="visible") is units
    for number in (4, np.int64(4)):
        made = group(number, what="visible")
        assert type(made) is Bernoulli
        assert made.shape == (4,)


@pytest.mark.parametrize("machine", [rbm, dbm, belief_net, boltzmann])
@pytest.mark.parametrize(
    ("given", "kind"),
    [
        *((n, ValueError) for n in (0, -1, 2**40, 10**30)),
        *((x, TypeError) for x in (1.5, True, "x", Bernoulli)),
    ],
)
def test_other_sizes_and_things_are_refused_in_words(machine, given, kind):
    with pytest.raises(kind, match="needed|at least one unit|of memory"):
        machine(3, given)


def test_weights_that_cannot_fit_are_refused_with_their_size():
    with pytest.raises(ValueError, match="a matrix of 100000000 x 100000000 weights needs .* GiB"):
        rbm(10**8, 10**8)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: classification_rbm(3, 2, classes=0), "classes is 0; a whole number of at least"),
        (lambda: rbm(3, 2, std=float("nan")), "rbm: std is nan"),
        (lambda: rbm(3, 2, std=-1.0), "rbm: std is -1"),
        (lambda: boltzmann(3, std=float("inf")), "boltzmann: std is inf"),
        (lambda: hopfield(0), "at least one unit"),
    ],
)
def test_settings_are_checked(make, words):
    with pytest.raises(ValueError, match=words):
        make()
