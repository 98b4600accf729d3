import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch.testing import assert_close

from harmonium.random import (
    _PERIOD,
    _SHIFTS,
    Dither,
    bernoulli,
    dithered,
    exponential,
    generator,
    initial,
    normal,
    one_hot,
    permutation,
    poisson,
    seeded,
    uniform,
)

N = 1_000_000
DRAWS = {
    "uniform": uniform,
    "dithered": dithered,
    "normal": normal,
    "exponential": exponential,
    "bernoulli": bernoulli,
    "one_hot": one_hot,
}


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_draws_are_like_their_argument(name, dtype):
    like = torch.full((3, 5), 0.5, dtype=dtype)
    drawn = DRAWS[name](like, generator(0))
    assert (drawn.shape, drawn.dtype) == (like.shape, dtype)


@pytest.mark.parametrize("name", DRAWS)
def test_a_source_repeats_and_continues_to_the_bit(name):
    like, source = torch.full((40, 5), 0.5), generator(3)
    first = DRAWS[name](like, source)
    state = source.get_state()
    second = DRAWS[name](like, source)
    assert not torch.equal(first, second)
    again = generator(3)
    assert torch.equal(DRAWS[name](like, again), first)
    elsewhere = generator(99)
    elsewhere.set_state(state)
    assert torch.equal(DRAWS[name](like, elsewhere), second)


@pytest.mark.parametrize("name", DRAWS)
def test_without_a_source_the_global_one_is_used(name):
    like = torch.full((40, 5), 0.5)
    with seeded(1):
        first = DRAWS[name](like)
    with seeded(1):
        assert torch.equal(DRAWS[name](like), first)


def test_seeded_leaves_the_global_source_alone():
    before, like = torch.get_rng_state(), torch.zeros(3)
    with seeded(5):
        inside, parameters = uniform(like), initial(3)
    with seeded(5):
        torch.rand(7)
        assert torch.equal(uniform(like), inside)
        assert torch.equal(initial(3), parameters)
    torch.set_rng_state(before)
    with seeded(5):
        uniform(like), initial(3)
    assert torch.equal(torch.get_rng_state(), before)


def test_each_thread_has_the_seed_that_it_set():
    like, begun = torch.zeros(3), threading.Barrier(2)

    def drawn(seed):
        with seeded(seed):
            begun.wait(10)
            return [uniform(like).tolist() for _ in range(50)]

    with ThreadPoolExecutor(2) as threads:
        together = [*threads.map(drawn, (1, 2))]
    for seed, found in zip((1, 2), together, strict=True):
        source = generator(seed)
        assert found == [uniform(like, source).tolist() for _ in range(50)]


def test_new_parameters_are_scaled_normal_draws_and_zeros_are_not_drawn():
    with seeded(3):
        found = initial(4, 5, std=0.1)
    assert torch.equal(found, 0.1 * normal(torch.zeros(4, 5), generator(3)))
    before = torch.get_rng_state()
    assert torch.equal(initial(2, 2, std=0.0), torch.zeros(2, 2))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("dtype", "bits"), [(torch.float32, 24), (torch.float64, 53)])
def test_uniform_draws_have_all_their_bits(dtype, bits):
    drawn = uniform(torch.zeros(100_000, dtype=dtype), generator(0)).double()
    assert float(drawn.min()) >= 0
    assert float(drawn.max()) < 1
    whole = drawn * 2**bits
    assert torch.equal(whole, whole.round())
    assert bool((whole % 2 == 1).any())  # the last bit is used


def test_dithered_draws_use_all_24_bits_evenly_at_every_place():
    source = generator(0)
    calls = torch.stack([dithered(torch.zeros(99, 7), source) for _ in range(3000)]).double()
    lattice = calls.flatten(1) * 2**24
    assert torch.equal(lattice, lattice.round())
    assert len((lattice // 256).unique()) > 60_000
    last = (lattice % 256).long()
    assert all(len(bits.unique()) > 200 for bits in last[:50])  # of one call
    for place in last.T[::40]:  # of one place in every call
        counts = torch.bincount(place, minlength=256).double()
        z = ((counts - 3000 / 256).square().sum() * 256 / 3000 - 255) / (2 * 255) ** 0.5
        assert abs(float(z)) < 5


def test_last_bits_of_two_places_agree_as_seldom_as_by_chance():
    """Over all places where a call may begin to read its last 8 bits: 256 of 65 536 agree."""
    table = (_SHIFTS[:_PERIOD].double() * 2**24).long()
    assert torch.equal(torch.bincount(table - table.min()), torch.full((256,), 256))
    for lag in (1, 2, 3, 5, 63, 64, 100, 255, 256, 500, 784, 1024, 4096, 25_717, 32_768):
        agree = int((table == table.roll(-lag)).sum())
        assert 100 < agree < 512, lag
        rare = table - table.min() < 17  # what a coin with p = 1e-6 needs
        assert 289 / 2 < int((rare & rare.roll(-lag)).sum()) < 289 * 2, lag


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dither_continues_like_one_call_after_the_other(dtype):
    likes = [torch.zeros(n, 3, dtype=dtype) for n in (5, 8, 1, 90_000)]
    dither, one, other = Dither(likes), generator(4), generator(4)
    for _ in range(3):
        for drawn, like in zip(dither(one), likes, strict=True):
            assert torch.equal(drawn, dithered(like, other))


def test_dithered_draws_reach_both_ends_and_not_one(monkeypatch):
    for piece, below in ((-(2**15), 0.0), (2**15 - 1, 1 - 2**-16)):

        def fill(words, *args, generator, piece=piece):
            del args, generator
            words.view(torch.int16).fill_(piece)
            return words

        monkeypatch.setattr(torch.Tensor, "random_", fill)
        drawn = dithered(torch.zeros(20_000))
        monkeypatch.undo()
        assert (float(drawn.min()), float(drawn.max())) == (below, below + 255 * 2**-24)


def test_dithered_draws_of_a_call_are_uniform_and_independent():
    source = generator(8)
    x = torch.cat([dithered(torch.zeros(N // 100), source) for _ in range(100)]).double() - 0.5
    scores = [
        x.mean() / (1 / 12 / N) ** 0.5,
        (x.square().mean() - 1 / 12) / (1 / 180 / N) ** 0.5,
        *((x[lag:] * x[:-lag]).mean() * 12 * N**0.5 for lag in (1, 2, 3, 4, 5, 8, 64)),
    ]
    assert max(abs(float(z)) for z in scores) < 5
    counts = torch.histc(x, 1024, -0.5, 0.5)
    z = (((counts - N / 1024).square() / (N / 1024)).sum() - 1023) / (2 * 1023) ** 0.5
    assert abs(float(z)) < 5


@pytest.mark.parametrize("p", [2.0**-19.3, 1 - 2.0**-19.3, 1.5 * 2.0**-16])
@pytest.mark.parametrize("shape", [(50_000,), (300, 256), (100, 1700)])
def test_rare_events_keep_their_probability_and_are_independent(p, shape):
    """A tenth of what 16 bits can tell: their own bits alone would make it 0 or ten times it.

    With 8 bits in common, hits of 50 000 coins of one call had 1.7 times the variance.
    """
    source, coins = generator(9), torch.full(shape, p)
    calls = 600 if p > 2**-18 else 2000
    drawn = (bernoulli(coins, source) for _ in range(calls))
    hits = torch.stack([(x != (p > 0.5)).sum() for x in drawn]).double()
    mean = coins.numel() * min(p, 1 - p)
    assert abs(float(hits.mean()) - mean) < 5 * (mean / calls) ** 0.5
    spread = ((2 + 1 / mean) / calls) ** 0.5  # of variance / mean, where hits are independent
    assert abs(float(hits.var()) / mean - 1) < 5 * spread


def test_bernoulli_is_never_wrong_at_the_ends():
    p = torch.tensor([0.0, 1.0]).repeat(N, 1)
    assert torch.equal(bernoulli(p, generator(1)), p)


def test_bernoulli_counts_the_smallest_draw_as_below_any_probability(monkeypatch):
    monkeypatch.setattr("harmonium.random.dithered", lambda like, source: torch.zeros_like(like))
    assert bernoulli(torch.tensor([0.0, 1e-30, 1.0])).tolist() == [0.0, 1.0, 1.0]


def test_bernoulli_follows_its_probability():
    p = torch.tensor([0.001, 0.3, 0.5, 0.99])
    drawn = bernoulli(p.repeat(N, 1), generator(2))
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    z = (drawn.mean(0) - p) / (p * (1 - p) / N).sqrt()
    assert float(z.abs().max()) < 5


def test_one_hot_follows_the_softmax():
    logits = torch.tensor([[0.0, 1.0, -2.0, 5.0], [-100.0, -100.0, -101.0, -300.0]])
    drawn = one_hot(logits.repeat_interleave(N // 4, 0), generator(4))
    assert torch.equal(drawn.sum(1), torch.ones(N // 2))
    assert torch.equal(drawn.max(1).values, torch.ones(N // 2))
    p = torch.softmax(logits, 1)
    z = (drawn.reshape(2, -1, 4).mean(1) - p) / (p * (1 - p) / (N // 4)).sqrt().clamp(min=1e-9)
    assert float(z.abs().max()) < 5


def test_one_hot_ignores_what_is_impossible():
    logits = torch.tensor([[0.0, -torch.inf, 0.0]]).repeat(10_000, 1)
    assert_close(one_hot(logits, generator(5))[:, 1], torch.zeros(10_000))


def test_normal_and_exponential_have_their_moments():
    like, source = torch.zeros(N), generator(6)
    x, e = normal(like, source), exponential(like, source)
    scores = [
        x.mean() / (1 / N**0.5),
        (x.square().mean() - 1) / (2 / N) ** 0.5,
        (x.pow(4).mean() - 3) / (96 / N) ** 0.5,
        (e.mean() - 1) / (1 / N**0.5),
        (e.square().mean() - 2) / (20 / N) ** 0.5,
    ]
    assert max(abs(float(z)) for z in scores) < 5
    assert float(e.min()) >= 0


def test_an_outline_draws_nothing_whatever_is_around():
    with seeded(0), torch.device("meta"):
        found = initial(3, 4, std=0.5)
    assert (found.device.type, tuple(found.shape)) == ("meta", (3, 4))
    with seeded(0):
        first = initial(3)
    with seeded(0):
        with torch.device("meta"):
            initial(100)
        assert torch.equal(initial(3), first)


def test_parts_of_a_large_call_begin_at_other_places_of_the_table():
    """Draws 2^17 apart, which are made in two pieces: their last bits agree by chance only."""
    last = (dithered(torch.zeros(2**18), generator(3)).double() * 2**24) % 256
    agree = float((last[: 2**17] == last[2**17 :]).double().mean())
    assert agree < 2 / 256


def test_a_permutation_has_every_number_once_and_follows_its_source():
    first = permutation(100, generator(0))
    assert sorted(first.tolist()) == [*range(100)]
    assert torch.equal(first, torch.randperm(100, generator=generator(0)))
    with seeded(1):
        inside = permutation(100)
    assert torch.equal(inside, permutation(100, generator(1)))


def test_rates_beyond_what_torch_can_draw_are_not_drawn_negative():
    rate = torch.tensor([1e30, float("inf"), float("nan"), 5.0, 1e14])
    drawn = poisson(rate, generator(0))
    assert torch.equal(drawn[:2], rate[:2])
    assert bool(drawn[2].isnan())
    assert 0 <= float(drawn[3]) < 30
    assert 0.99e14 < float(drawn[4]) < 1.01e14
