"""Sampling with known values, where an estimator's answers come from."""

import numpy as np
import pytest
import torch

from harmonium import rbm
from harmonium.estimators.conditioned import begun, conditioned, free, seed_of
from harmonium.random import generator
from tests.laws.specimens import randomised


def test_known_values_stand_from_the_first_state_to_the_last():
    graph = randomised(rbm(4, 2), 1)
    known = np.array([[np.nan, 1.0, 0.0, np.nan]] * 50)
    state, hold = begun(graph, known, source=generator(1))
    last, means = conditioned(graph, state, hold=hold, n_sweeps=4, source=generator(2))
    for v in (state["v"], last):
        assert torch.equal(v[:, 1:3], torch.tensor([[1.0, 0.0]]).double().expand(50, 2))
        assert set(v[:, 0].tolist()) == {0.0, 1.0}
    assert bool(((means > 0) & (means < 1)).all())


def test_nothing_known_holds_nothing():
    graph = randomised(rbm(4, 2), 1)
    known = free(None, (3, 4), dtype=np.float64)
    assert np.isnan(known).all()
    assert begun(graph, known, source=generator(1))[1] is None
    assert free([1.0, np.nan], (3, 2), dtype=np.float32).tolist()[2][0] == 1.0


def test_known_values_must_be_possible():
    with pytest.raises(ValueError, match="range from"):
        begun(randomised(rbm(2, 2), 1), np.array([[7.0, np.nan]]), source=generator(1))


def test_a_seed_is_the_estimators_own_or_that_of_the_draw():
    assert seed_of(None, 7) == 7
    assert seed_of(3, 7) == seed_of(3, 8) == seed_of(np.random.RandomState(3), 7) != seed_of(4, 7)
