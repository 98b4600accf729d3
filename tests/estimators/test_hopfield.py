"""Associative memories: what is stored comes back, in the alphabet it was given in."""

from functools import partial

import numpy as np
import pytest
import torch
from sklearn.utils.estimator_checks import parametrize_with_checks

from harmonium import HopfieldMemory, ModernHopfieldMemory
from harmonium.data import font_letters
from harmonium.learning import hebb, pseudo_inverse, storkey
from harmonium.sampling import recall, recall_at_once


@parametrize_with_checks([HopfieldMemory(threshold=0.0), ModernHopfieldMemory()])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def spins(p, n, *, seed=0):
    return np.random.default_rng(seed).choice([-1.0, 1.0], size=(p, n))


def damaged(x, flips):
    other = x.copy()
    other[:, :flips] *= -1
    return other


def alphabet():
    """A to Z of one font, as bits: patterns that are much alike."""
    return (font_letters().train[:26] > 0.5).numpy().astype(float)


# --- the classical net -----------------------------------------------------------------------


@pytest.mark.parametrize("storage", [hebb, storkey, pseudo_inverse])
def test_every_rule_recalls_damaged_patterns(storage):
    x = spins(10, 200)
    memory = HopfieldMemory(storage=storage).fit(x)
    start = damaged(x, 40)
    assert (start * x).mean() == pytest.approx(0.6)
    assert memory.score(start, patterns=x) > 0.99
    assert memory.score(x) > 0.99
    assert memory.score(start) == pytest.approx((memory.predict(start) * start).mean())
    np.testing.assert_array_equal(memory.transform(start), memory.predict(start))


def test_bits_and_spins_are_the_same_memory():
    x = spins(8, 100)
    bits = (x + 1) / 2
    one, other = HopfieldMemory().fit(x), HopfieldMemory().fit(bits)
    start = damaged(x, 20)
    found = other.predict((start + 1) / 2)
    assert set(found.ravel()) == {0.0, 1.0}
    np.testing.assert_array_equal(2 * found - 1, one.predict(start))
    np.testing.assert_array_equal(one.patterns_, x)
    np.testing.assert_array_equal(other.patterns_, bits)
    np.testing.assert_allclose(other.energy(bits), one.energy(x))
    assert other.score(bits) == one.score(x)


def test_a_threshold_makes_bits():
    rows = np.random.default_rng(0).normal(size=(3, 50))
    memory = HopfieldMemory(threshold=0.3).fit(rows)
    np.testing.assert_array_equal(memory.patterns_, rows > 0.3)
    np.testing.assert_array_equal(memory.predict(rows), rows > 0.3)


def test_the_energy_is_the_textbooks_and_recall_goes_downhill():
    x = spins(30, 100)
    memory = HopfieldMemory().fit(x)
    j = hebb(torch.from_numpy(x)).numpy()
    start = spins(20, 100, seed=1)
    np.testing.assert_allclose(
        memory.energy(start), -np.einsum("bi,ij,bj->b", start, j, start) / 2
    )
    assert (memory.energy(memory.predict(start)) < memory.energy(start)).all()


def test_letters_are_too_alike_for_hebb_and_not_for_the_projection():
    """26 of 841 pixels' worth is a load of .03, but letters share most of their pixels."""
    x = alphabet()
    assert HopfieldMemory().fit(x).score(x) < 0.9
    memory = HopfieldMemory(storage=pseudo_inverse).fit(x)
    noisy = np.abs(x - (np.random.default_rng(0).random(x.shape) < 0.1))
    np.testing.assert_array_equal(memory.predict(x), x)
    assert memory.score(noisy, patterns=x) > 0.995


def test_how_a_state_moves_is_chosen():
    """All at once, two spins that differ in what is stored trade places for ever."""
    x = np.array([[1.0, -1.0]])
    start = np.array([[1.0, 1.0]])
    assert HopfieldMemory().fit(x).predict(start).tolist() in ([[1, -1]], [[-1, 1]])
    once = HopfieldMemory(recall=partial(recall_at_once, steps=1)).fit(x)
    assert once.predict(start).tolist() == [[-1, -1]]
    x = spins(12, 60)
    one, all_ = (HopfieldMemory(recall=r).fit(x) for r in (partial(recall, sweeps=1), recall))
    start = spins(20, 60, seed=1)
    assert (one.energy(one.predict(start)) > all_.energy(all_.predict(start))).any()


@pytest.mark.parametrize(
    ("stored", "asked", "words"),
    [
        ([[0.0, 0.5]], None, "1 of 2 values are neither 0 nor 1 .such as 0.5.*threshold"),
        ([[-1.0, 0.0]], None, "neither -1 nor 1"),
        ([[0.0, 1.0]], [[-1.0, 1.0]], "neither 0 nor 1"),
        ([[-1.0, 1.0]], [[0.0, 1.0]], "neither -1 nor 1"),
    ],
)
def test_what_is_not_binary_is_refused(stored, asked, words):
    with pytest.raises(ValueError, match=words):
        HopfieldMemory().fit(stored).predict(asked)


def test_patterns_that_are_not_one_per_row_are_refused():
    x = spins(3, 20)
    for memory in (HopfieldMemory(), ModernHopfieldMemory()):
        with pytest.raises(ValueError, match="2 patterns for 3 rows"):
            memory.fit(x).score(x, patterns=x[:2])


# --- the modern net --------------------------------------------------------------------------


def test_many_more_patterns_than_features():
    x = spins(500, 64)
    memory = ModernHopfieldMemory().fit(x)
    start = damaged(x, 12)[:50]
    np.testing.assert_allclose(memory.predict(start), x[:50], atol=1e-3)
    assert memory.score(start, patterns=x[:50]) > 0.9999
    assert HopfieldMemory().fit(x).score(start, patterns=x[:50]) < 0.7


def test_one_step_is_attention_and_lowers_the_energy():
    rng = np.random.default_rng(0)
    x, query = rng.normal(size=(6, 10)), rng.normal(size=(4, 10))
    memory = ModernHopfieldMemory(beta=0.7, max_steps=1).fit(x)
    found = memory.predict(query)
    p = np.exp(0.7 * query @ x.T)
    np.testing.assert_allclose(found, p @ x / p.sum(1, keepdims=True))
    assert (memory.energy(found) < memory.energy(query)).all()
    expected = 0.35 * (query**2).sum(1) - np.log(p.sum(1))
    difference = memory.energy(query) - expected
    np.testing.assert_allclose(difference, difference[0], atol=1e-12)


def test_recall_stops_at_a_fixed_point():
    rng = np.random.default_rng(0)
    x, query = rng.normal(size=(6, 10)), rng.normal(size=(4, 10))
    found = ModernHopfieldMemory(beta=0.5, tolerance=1e-9, max_steps=1000).fit(x).predict(query)
    again = ModernHopfieldMemory(beta=0.5, max_steps=1).fit(x).predict(found)
    np.testing.assert_allclose(again, found, atol=1e-8)
    rough = ModernHopfieldMemory(beta=0.5, tolerance=10.0).fit(x).predict(query)
    assert np.abs(rough - found).max() > 1e-3
