"""Separability: counts of gates, margins, proofs, and Cover's curve."""

import itertools
from math import comb

import numpy as np
import pytest

from harmonium.learning import separable

SQUARE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
AND, OR, NAND, XOR, XNOR = [0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]


def cube(n):
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


def count(n):
    """Number of separable functions of n bits; a constant function is separable."""
    total = 0
    for y in itertools.product([0, 1], repeat=2**n):
        total += len(set(y)) == 1 or separable(cube(n), y).separable
    return total


def test_fourteen_of_sixteen_functions_of_two_bits_are_separable():
    assert count(2) == 14
    assert not separable(SQUARE, XOR).separable
    assert not separable(SQUARE, XNOR).separable


def test_104_of_256_functions_of_three_bits_are_separable():
    assert count(3) == 104


@pytest.mark.parametrize(
    ("y", "weight", "bias"), [(AND, [1, 1], -1.5), (OR, [1, 1], -0.5), (NAND, [-1, -1], 1.5)]
)
def test_the_planes_of_the_gates_and_their_margins(y, weight, bias):
    answer = separable(SQUARE, y)
    np.testing.assert_allclose([*answer.weight, answer.bias], [*weight, bias])
    assert answer.margin == pytest.approx(0.5)
    assert answer.certificate is None


def test_the_margin_is_a_distance_in_the_1_norm():
    """The nearest point of the plane, by the vertices of a ball of the 1-norm."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((30, 3))
    y = (x @ [1.0, -2.0, 0.5] + 0.3 > 0).astype(int)
    answer = separable(x, y)
    values = x @ answer.weight + answer.bias
    assert ((values > 0) == (y > 0)).all()
    assert np.abs(values).min() == pytest.approx(answer.margin)
    assert np.abs(answer.weight).max() == pytest.approx(1)


def proves(x, y, certificate):
    """The certificate is at least 0 and not all zero, and joins both hulls in a point."""
    signs = np.where(np.asarray(y) == np.unique(y)[1], 1, -1)
    sums = certificate @ (signs[:, None] * np.c_[x, np.ones(len(x))])
    return certificate.min() >= 0 and certificate.max() == 1 and np.abs(sums).max() < 1e-7


def test_xor_is_proved_impossible():
    answer = separable(SQUARE, XOR)
    np.testing.assert_allclose(answer.certificate, [1, 1, 1, 1])
    assert (answer.weight, answer.bias, answer.margin) == (None, None, 0.0)
    assert proves(SQUARE, XOR, answer.certificate)
    assert not proves(SQUARE, AND, answer.certificate)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_every_answer_has_its_proof(scale):
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(30):
        x = scale * rng.standard_normal((12, 4))
        y = rng.permutation([0] * 6 + [1] * 6)
        answer = separable(x, y)
        seen.add(answer.separable)
        if answer.separable:
            assert ((x @ answer.weight + answer.bias > 0) == (y == 1)).all()
            assert answer.margin > 0
        else:
            assert proves(x / scale, y, answer.certificate)
    assert seen == {True, False}


def test_equal_rows_of_two_classes_are_never_separable():
    x = np.array([[0.0, 1], [2, 3], [0, 1]])
    answer = separable(x, ["a", "a", "b"])
    np.testing.assert_allclose(answer.certificate, [1, 0, 1], atol=1e-12)


@pytest.mark.parametrize("y", [[0, 0, 0, 0], [0, 1, 2, 0], [0, 1]])
def test_other_than_two_classes_are_refused(y):
    with pytest.raises(ValueError, match="two classes"):
        separable(SQUARE, y)


def test_values_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite"):
        separable([[0.0], [np.nan]], [0, 1])


# --- Cover, 1965 ------------------------------------------------------------------------------


def cover(points, inputs):
    """Share of separable labellings of points in general position, for a unit without bias."""
    return float(2 * sum(comb(points - 1, k) for k in range(min(inputs, points))) / 2**points)


def share(points, inputs, *, draws):
    """A unit with a bias on points of one dimension less; constant labellings are separable."""
    rng = np.random.default_rng(points)
    good = 0
    for _ in range(draws):
        x = rng.standard_normal((points, inputs - 1))
        y = rng.integers(2, size=points)
        good += len(np.unique(y)) == 1 or separable(x, y).separable
    return good / draws


def test_covers_numbers():
    assert [round(cover(p, 100), 6) for p in (100, 160, 200, 240)] == [1, 0.999283, 0.5, 0.004763]


@pytest.mark.parametrize("points", [10, 16, 20, 24, 32])
def test_covers_curve_at_ten_inputs(points):
    """Three standard errors of 200 draws are at most .106."""
    assert share(points, 10, draws=200) == pytest.approx(cover(points, 10), abs=0.106)


@pytest.mark.slow
@pytest.mark.parametrize("points", [160, 180, 190, 200, 210, 220, 240])
def test_covers_curve_at_a_hundred_inputs(points):
    assert share(points, 100, draws=400) == pytest.approx(cover(points, 100), abs=0.05)
