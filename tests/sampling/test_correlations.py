"""Correlations against sums by hand, the choice of triples, samples that are right or wrong."""

import itertools
import math

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.machines import rbm
from harmonium.random import generator
from harmonium.sampling import correlations
from harmonium.sampling.correlations import (
    Comparison,
    compare,
    first,
    second,
    third,
    triples,
)
from harmonium.units import Categorical
from tests.laws.specimens import numbers, randomised


def by_hand(x, place, weights):
    """A joint cumulant, row by row."""
    total = sum(weights)
    means = [sum(w * r[i] for w, r in zip(weights, x, strict=True)) / total for i in place]
    rows = zip(weights, x, strict=True)
    if len(place) == 1:
        return means[0]
    return (
        sum(w * math.prod(r[i] - m for i, m in zip(place, means, strict=True)) for w, r in rows)
        / total
    )


@pytest.fixture(params=[False, True], ids=["equal", "weighted"])
def rows(request):
    x = numbers(20, 2, 3, seed=1).exp()
    weights = numbers(20, seed=2).exp() if request.param else None
    return x, weights, [1.0] * 20 if weights is None else weights.tolist()


def test_every_order_is_what_is_summed_by_hand(rows):
    x, weights, w = rows
    flat = x.flatten(1).tolist()
    expected = torch.tensor([by_hand(flat, (i,), w) for i in range(6)]).double()
    assert_close(first(x, weights=weights), expected)
    pairs = list(itertools.product(range(6), repeat=2))
    expected = torch.tensor([by_hand(flat, at, w) for at in pairs]).double().reshape(6, 6)
    assert_close(second(x, weights=weights), expected, rtol=1e-6, atol=1e-7)
    places = list(itertools.product(range(6), repeat=3))
    expected = torch.tensor([by_hand(flat, at, w) for at in places]).double()
    found = third(x, torch.tensor(places), weights=weights)
    assert_close(found, expected, rtol=1e-6, atol=1e-7)


def test_all_triples_are_given_where_they_are_few():
    x = numbers(5, 6, seed=0)
    assert triples(x, 20).tolist() == [list(t) for t in itertools.combinations(range(6), 3)]
    pairs = triples(x, 8, unit=2)
    expected = [t for t in itertools.combinations(range(6), 3) if len({i // 2 for i in t}) == 3]
    assert sorted(pairs.tolist()) == [list(t) for t in expected]


@pytest.mark.parametrize("unit", [1, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_strongest_are_the_strongest_of_all(unit, weighted):
    x = numbers(40, 12, seed=3).exp()
    weights = numbers(40, seed=4).exp() if weighted else None
    everything = triples(x, 10**6, unit=unit)
    size = third(x, everything, weights=weights).abs()
    top = triples(x, 7, strongest=True, unit=unit, weights=weights)
    assert {tuple(t) for t in top.tolist()} == {
        tuple(t) for t in everything[size.topk(7).indices].tolist()
    }


@pytest.mark.parametrize("unit", [1, 2])
def test_drawn_triples_are_legal_different_and_evenly_drawn(unit):
    x = torch.zeros(2, 8)
    counts = {}
    for seed in range(300):
        found = triples(x, 5, unit=unit, source=generator(seed))
        assert found.shape == (5, 3)
        assert len(found.unique(dim=0)) == 5
        assert bool(((found // unit).diff(dim=1) > 0).all())
        for t in found.tolist():
            counts[tuple(t)] = counts.get(tuple(t), 0) + 1
    everything = math.comb(8 // unit, 3) * unit**3
    assert len(counts) == everything
    expected = 300 * 5 / everything
    assert max(counts.values()) < expected + 6 * expected**0.5
    assert torch.equal(*(triples(x, 5, source=generator(1)) for _ in range(2)))


def test_exact_samples_of_a_machine_agree_with_it_and_others_do_not():
    graph = randomised(rbm(Categorical(4, 3), 4), 5, std=1.0)
    data, again = (exact.draw(graph, 20_000, source=generator(s))["v"] for s in (0, 1))
    other = exact.draw(randomised(graph, 6, std=1.0), 20_000, source=generator(2))["v"]
    for order, c in compare(data, again, unit=3).items():
        assert c.places.shape == (len(c.data), order)
        z = (c.data - c.samples) / c.noise
        assert 0.7 < float(z.square().mean().sqrt()) < 1.3  # as far apart as chance has them
        assert c.pearson > 0.9
        assert order == 3 or abs(c.slope - 1) < 0.1
    for c in compare(data, other, unit=3).values():
        assert (c.data - c.samples).square().mean() > 10 * c.noise.square().mean()
        assert c.pearson < 0.7
    pairs = compare(data, again, unit=3)[2].places // 3
    assert bool((pairs[:, 0] != pairs[:, 1]).all())


def influences(x, place, p):
    """How far each row moves a cumulant, per unit of its weight, the means being estimated."""
    d = x - p @ x
    if len(place) == 1:
        return d[:, place[0]]
    moves = d[:, place].prod(1)
    moves = moves - p @ moves
    if len(place) == 3:
        for i in range(3):
            one, pair = place[i], [*place[:i], *place[i + 1 :]]
            moves = moves - (p @ d[:, pair].prod(1)) * d[:, one]
    return moves


def test_the_noise_is_that_of_rows_that_each_move_a_cumulant(rows):
    x, weights, w = rows
    other = numbers(15, 2, 3, seed=7).exp()
    shares = torch.tensor(w).double() / sum(w), torch.full((15,), 1 / 15).double()
    for c in compare(x, other, weights=weights).values():
        for k, place in enumerate(c.places.tolist()):
            parts = [
                (p.square() * influences(r.flatten(1).double(), place, p).square()).sum().sqrt()
                for r, p in zip((x, other), shares, strict=True)
            ]
            assert_close(torch.stack([n[k] for n in c.noises]), torch.stack(parts))
            assert_close(c.noise[k], torch.hypot(*parts))


def copies(source, *, pairs, n):
    """Three noisy copies of one biased coin, ``(pairs, n, 3)``."""
    one, odd = (torch.rand(pairs, n, 3, generator=source) < q for q in (0.25, 0.1))
    own = torch.rand(pairs, n, 3, generator=source) < 0.25
    return torch.where(odd, own, one[..., :1]).double()


def test_the_noise_is_the_spread_of_differences_over_many_samples():
    """Of units that hang together closely, where means that are estimated count."""
    source, pairs = generator(3), 600
    both = zip(*(copies(source, pairs=pairs, n=n) for n in (300, 500)), strict=True)
    found = [compare(x, y) for x, y in both]
    for order in (1, 2, 3):
        gaps = torch.stack([c[order].data - c[order].samples for c in found])
        said = torch.stack([c[order].noise.square() for c in found]).mean(0).sqrt()
        assert_close(said, gaps.std(0), rtol=0.1, atol=0)


def test_the_slope_of_samples_that_agree_is_one_however_few_they_are():
    """Least squares through the origin give .7 at the second order of these."""
    graph = randomised(rbm(6, 4), 3, std=1.0)
    slopes, flat = [], []
    for k in range(100):
        data, samples = (
            exact.draw(graph, n, source=generator(2 * k + n))["v"] for n in (301, 400)
        )
        c = compare(data, samples)[2]
        slopes.append(c.slope)
        flat.append(float((c.data * c.samples).sum() / c.data.square().sum()))
    assert sum(flat) / 100 < 0.8
    assert torch.tensor(slopes).median() == pytest.approx(1, abs=0.1)
    assert torch.tensor(slopes).mean() == pytest.approx(1, abs=0.15)


def test_the_slope_follows_samples_that_vary_less():
    """Correlations of the first set times .6, with noise of known size on both."""
    source, n = generator(5), 4000
    truth, sizes = 0.05 * torch.randn(n, generator=source).double(), (0.05, 0.1)
    noises = tuple(torch.full((n,), s).double() for s in sizes)
    x, y = (
        f * truth + s * torch.randn(n, generator=source).double()
        for f, s in zip((1, 0.6), sizes, strict=True)
    )
    places = torch.arange(2 * n).reshape(n, 2)
    assert Comparison(2, places, x, y, noises).slope == pytest.approx(0.6, abs=0.15)
    assert Comparison(2, places, x, -y, noises).slope == pytest.approx(-0.6, abs=0.15)
    assert Comparison(2, places, y, x, noises[::-1]).slope == pytest.approx(1 / 0.6, abs=0.4)
    assert math.isnan(Comparison(2, places, x - truth, y, noises).slope)
    exactly = torch.zeros(n).double()
    assert Comparison(2, places, x, 2 * x, (exactly, exactly)).slope == pytest.approx(2)


def test_weighted_data_are_repeated_data():
    x, y = numbers(10, 4, seed=1), numbers(9, 4, seed=2)
    weights = torch.tensor([3.0] * 4 + [1.0] * 6)
    one = compare(x, y, weights=weights)
    two = compare(torch.cat([x, x[:4], x[:4]]), y)
    for order in (1, 2, 3):
        assert_close(one[order].data, two[order].data)


def test_the_result_does_not_depend_on_the_piece_size(monkeypatch):
    x, y = numbers(10, 7, seed=1), numbers(9, 7, seed=2)
    whole = compare(x, y)[3]
    monkeypatch.setattr(correlations, "_NUMBERS", 30)
    assert_close(compare(x, y)[3].data, whole.data)
    assert "order 3: 35 correlations, pearson" in str(whole)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="rows of one shape"):
        compare(torch.zeros(3, 4), torch.zeros(3, 5))
    with pytest.raises(ValueError, match="two of each"):
        compare(torch.zeros(3, 4), torch.zeros(1, 4))
    with pytest.raises(ValueError, match="3 rows but 2 weights"):
        first(torch.zeros(3, 4), weights=torch.ones(2))
