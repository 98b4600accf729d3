"""Law 4: chains that start exactly at the target stay there, four million of them.

Fewer would not do: the subtle ones of the wrong samplers below pass at 40 000.
"""

import copy
import math

import numpy as np
import pytest
import torch
from scipy import stats

from harmonium import exact, random, rbm
from harmonium.random import generator
from harmonium.sampling.sweep import sweep
from harmonium.units import DReLU, Gaussian, Poisson
from tests.laws import judge
from tests.laws.enumeration import counted
from tests.laws.registry import GRAPHS, JOINTLY_GAUSSIAN, VIEWS
from tests.laws.specimens import ROWS, numbers

CHAINS = 4_000_000
CHUNK = 500_000
SWEEPS = 2

COUNTABLE = [n for n, m in GRAPHS.items() if all(u.growth == "finite" for u in m().units.values())]
ENDLESS = [name for name in GRAPHS if name not in COUNTABLE]


def twice(graph, state, *, hold=None, source=None):
    """The sampler under test, unless a test brings another one."""
    for _ in range(SWEEPS):
        state, _ = sweep(graph, state, hold=hold, source=source)
    return state


@torch.no_grad()
def chains(target, *, seed, total=CHAINS):
    """Exact draws of a float64 graph, piece by piece, in float32.

    How often each state occurs is drawn; chains are alike, so their order does not matter.
    """
    source, counts = generator(seed), np.random.default_rng(seed)
    if all(u.growth == "finite" for u in target.units.values()):
        (listed, p), endless = exact.distribution(target), []
    else:
        phase, single = exact.phase(target), copy.deepcopy(target).float()
        listed, p, endless = phase.values, phase.weights, [*phase.fields]
    listed = {n: x.float() for n, x in listed.items()}
    size = min(CHUNK, total)
    for _ in range(total // size):
        times = torch.as_tensor(counts.multinomial(size, p.numpy()))
        state = {n: x.repeat_interleave(times, 0) for n, x in listed.items()}
        drawn = {n: single.units[n].sample(single.field(n, state), source) for n in endless}
        yield {**state, **drawn}, source


def drift(target, graph, *, move=twice, seed=1):
    """z of chi-square after the move, for a graph whose states can be listed."""
    counts = sum(
        counted(target, move(graph, state, source=source))
        for state, source in chains(target, seed=seed)
    )
    assert int(counts.sum()) == CHAINS
    return judge.chi_square(counts, exact.distribution(target)[1])


# --- the enumerated distribution itself ----------------------------------------------------------


@pytest.mark.parametrize("name", ["rbm-multinomial", "deeper", "semi-restricted"])
def test_exact_draws_are_exact(name):
    """Of the library; the other tests start their chains at counts drawn by numpy."""
    target = GRAPHS[name]()
    drawn = exact.draw(target, CHAINS, source=generator(1))
    z = judge.chi_square(counted(target, drawn), exact.distribution(target)[1])
    assert abs(z) < judge.LIMIT


# --- sweeps ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COUNTABLE)
def test_sweeps_stay_at_the_target(name):
    make = GRAPHS[name]
    assert abs(drift(make(), make(torch.float32))) < judge.LIMIT


@pytest.mark.parametrize("name", ["deep", "triangle", "semi-restricted", "rbm-multinomial"])
def test_sweeps_that_hold_a_group_stay_at_the_target(name):
    make = GRAPHS[name]
    held = [*make().units][0]

    def move(graph, state, *, source):
        moved = twice(graph, state, hold={held: True}, source=source)
        assert moved[held] is state[held]
        return moved

    assert abs(drift(make(), make(torch.float32), move=move)) < judge.LIMIT


@pytest.mark.parametrize(
    ("name", "by_row"),
    [("semi-restricted", False), ("triangle", False), ("boltzmann", True), ("rbm-spin", True)],
)
def test_sweeps_that_hold_units_stay_at_the_target(name, by_row):
    """Every other unit, or in every row some."""
    make, source = GRAPHS[name], generator(3)
    hold = {}
    for n, units in make().units.items():
        size = units.shape.numel()
        mask = (torch.arange(size) % 2).bool()
        if by_row:
            mask = torch.rand(CHUNK, size, generator=source) < 0.5
        hold[n] = mask.unflatten(-1, units.shape)

    def move(graph, state, *, source):
        moved = twice(graph, state, hold=hold, source=source)
        for n, mask in hold.items():
            changed = moved[n] != state[n]
            assert not bool((changed & mask).any())
            assert bool(changed.any())
        return moved

    assert abs(drift(make(), make(torch.float32), move=move)) < judge.LIMIT


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("rbm", "tempered"),
        ("deep", "tempered-from-base"),
        ("triangle", "scaled"),
        ("boltzmann", "shifted"),
        ("rbm-shaped", "shifted-tempered"),
        ("rbm-multinomial", "tempered-shifted"),
    ],
)
def test_sweeps_of_views_stay_at_their_target(name, view):
    make, case = GRAPHS[name], VIEWS[view]
    target, graph = case.build(make(), 1), case.build(make(torch.float32), 1)
    assert abs(drift(target, graph)) < judge.LIMIT


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("semi-restricted", "tempered-from-base-by-row"),
        ("triangle", "shifted-by-row"),
        ("affine", "clamped-first"),
    ],
)
def test_sweeps_of_views_by_row_stay_at_each_target(name, view):
    """Every row has a target of its own; each gets a quarter of the chains."""
    make, size = GRAPHS[name], CHUNK // ROWS
    graph = VIEWS[view].build(make(torch.float32), size)
    targets = [one_row(make(), view, i) for i in range(ROWS)]
    counts = [0] * ROWS
    for seed in range(CHAINS // CHUNK):
        pieces = [next(chains(t, seed=10 * seed + i, total=size)) for i, t in enumerate(targets)]
        state = {n: torch.cat([piece[n] for piece, _ in pieces]) for n in graph.units}
        moved = twice(graph, state, source=generator(seed))
        for i, target in enumerate(targets):
            counts[i] += counted(target, {n: x.split(size)[i] for n, x in moved.items()})
    for target, count in zip(targets, counts, strict=True):
        assert abs(judge.chi_square(count, exact.distribution(target)[1])) < judge.LIMIT


def one_row(graph, view, i):
    """A view by row as it stands for row i alone."""
    many = VIEWS[view].build(graph, 1)

    def row(x, ndim=0):
        by_row = isinstance(x, torch.Tensor) and x.ndim > ndim
        return x[i : i + 1] if by_row else x

    edges = [type(e)(e.source, e.target, e.connection, row(e.scale)) for e in many.edges]
    extras = {n: row(x, len(many.units[n].shape)) for n, x in many.extras.items()}
    return type(many)(many.units, edges, extras, row(many.constant))


# --- real units --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ENDLESS)
def test_real_units_stay_at_the_target(name):
    """First two moments, correlations along edges, projections, and the countable groups."""
    make = GRAPHS[name]
    target, graph = make(), make(torch.float32)
    (endless,) = (n for n, u in target.units.items() if u.growth != "finite")
    tally, first = Tally(), []
    for state, source in chains(target, seed=5):
        moved = twice(graph, state, source=source)
        tally.add(features(target, {n: x.double() for n, x in moved.items()}))
        first.append(moved)
    expected = features(target, None)
    assert abs(tally.z(expected)) < judge.LIMIT
    moved = first[0][endless].double().flatten(1)
    if isinstance(target.units[endless], Poisson):
        for counts, p in zip(moved.long().T, masses(target, endless), strict=True):
            seen = counts.clamp(max=len(p) - 1).bincount(minlength=len(p))
            assert abs(judge.chi_square(seen, p)) < judge.LIMIT
    else:
        for direction, cdf in projections(target, endless):
            assert abs(judge.kolmogorov(moved @ direction, cdf)) < judge.LIMIT
        fresh = exact.draw(target, CHUNK, source=generator(6))[endless].flatten(1)
        direction = numbers(fresh.shape[1], seed=7)
        assert abs(judge.kolmogorov_two(moved @ direction, fresh @ direction)) < judge.LIMIT
    others, p = marginal(target, endless)
    counts = sum(counted(others, {n: s[n] for n in others.units}) for s in first)
    assert abs(judge.chi_square(counts, p)) < judge.LIMIT


class Tally:
    """Sums of features and of their squares, over chunks."""

    def __init__(self):
        self.first, self.second, self.n = 0.0, 0.0, 0

    def add(self, x):
        self.first = self.first + x.sum(0)
        self.second = self.second + x.square().sum(0)
        self.n += len(x)

    def z(self, expected):
        return judge.total(self.first, self.second, n=self.n, expected=expected)


@torch.no_grad()
def features(graph, state):
    """Statistics of every group and products along every edge, ``(B, features)``.

    Without a state, their exact expectations.
    """
    weights = None
    if state is None:
        phase = exact.phase(graph)
        state, weights = phase.values, phase.weights
        moments = {n: phase.moments(graph, n) for n in graph.units}
    else:
        moments = {n: u.statistics(state[n]) for n, u in graph.units.items()}
    rows = [m.flatten(1) for several in moments.values() for m in several]
    for e in graph.edges:
        x, y = moments[e.source][0].flatten(1), moments[e.target][0].flatten(1)
        rows.append((x[:, :, None] * y[:, None, :]).flatten(1))
    both = torch.cat(rows, 1)
    return both if weights is None else weights @ both


@torch.no_grad()
def projections(graph, name):
    """Directions in a real group and the distribution functions along them, exact."""
    phase = exact.phase(graph)
    units, field = graph.units[name], phase.fields[name]
    if isinstance(units, DReLU):
        bias, *rest = (t.expand(units.shape).flatten() for t in units.natural())
        for i, (kink, *curvatures) in enumerate(zip(*rest, strict=True)):
            direction = torch.eye(len(bias), dtype=torch.float64)[i]
            pull = bias[i] + field.flatten(1)[:, i]
            slopes = kink + pull, kink - pull
            yield direction, two_sided(phase.weights, slopes, curvatures=curvatures)
        return
    bias, precision = (t.expand(units.shape) for t in units.natural())
    location = ((bias + field) / precision).flatten(1)
    if isinstance(units, Gaussian):
        for seed in range(3):
            direction = numbers(location.shape[1], seed=seed)
            width = (direction.square() / precision.flatten()).sum().sqrt()
            yield direction, mixture(phase.weights, location @ direction / width, width)
        return
    for i, width in enumerate(precision.rsqrt().flatten()):
        direction = torch.eye(location.shape[1], dtype=torch.float64)[i]
        yield direction, mixture(phase.weights, location @ direction / width, width, low=0.0)


@torch.no_grad()
def masses(graph, name, *, most=60):
    """Probabilities of counts 0, 1, ... of each Poisson unit; the last one, of all above."""
    phase = exact.phase(graph)
    (bias,) = (t.expand(graph.units[name].shape).flatten() for t in graph.units[name].natural())
    rates = (bias + phase.fields[name].flatten(1)).exp()
    found = torch.stack(
        [torch.as_tensor(stats.poisson.pmf(k, rates.numpy())) for k in range(most)], -1
    )
    p = torch.einsum("s,suk->uk", phase.weights, found)
    return torch.cat([p, (1 - p.sum(1, keepdim=True)).clamp(min=0)], 1)


def two_sided(weights, slopes, *, curvatures):
    """The distribution function of mixed densities exp(p |x| - c x^2 / 2), p and c by sign of x.

    Each side is written down from its own normal distribution, not by the library's formulas.
    """

    def mass(x, slope, curvature):
        """Integral of exp(slope t - curvature t^2 / 2) over t from 0 to x."""
        centre, width = slope / curvature, curvature.rsqrt()
        height = (slope.square() / (2 * curvature)).exp() * width * math.tau**0.5
        return height * (torch.special.ndtr((x - centre) / width)
                         - torch.special.ndtr(-centre / width))  # fmt: skip

    def cdf(x):
        total, endless = torch.zeros_like(x), torch.tensor(math.inf, dtype=torch.float64)
        for w, right, left in zip(weights, *slopes, strict=True):
            whole = [mass(endless, p, c) for p, c in zip((right, left), curvatures, strict=True)]
            below = whole[1] - mass(x.clamp(max=0).abs(), left, curvatures[1])
            above = mass(x.clamp(min=0), right, curvatures[0])
            total += w * (below + above) / sum(whole)
        return total

    return cdf


def mixture(weights, z, width, *, low=-math.inf):
    """The distribution function of N(z, 1) times a width, mixed; truncated to x >= low."""

    def cdf(x):
        total = torch.zeros_like(x)
        for w, at in zip(weights, z, strict=True):
            log_all = torch.special.log_ndtr(at - low)
            total -= w * torch.expm1(torch.special.log_ndtr(at - x / width) - log_all)
        return total

    return cdf


def marginal(graph, name):
    """The other groups as a lone list of states, with their probabilities."""
    rest = type("Rest", (), {"units": {n: u for n, u in graph.units.items() if n != name}})
    sizes = [u.states() for u in rest.units.values()]
    index = torch.cartesian_prod(*[torch.arange(len(s)) for s in sizes]).reshape(-1, len(sizes))
    state = {n: s[i] for n, s, i in zip(rest.units, sizes, index.T, strict=True)}
    return rest, exact.log_prob(graph, state).exp()


@pytest.mark.parametrize("name", JOINTLY_GAUSSIAN)
def test_jointly_gaussian_units_stay_at_the_closed_form(name):
    """N(P^-1 b, P^-1), with the precision P from the energy's second derivative."""
    make = JOINTLY_GAUSSIAN[name]
    target, graph = make(), make(torch.float32)
    sizes = [u.shape.numel() for u in target.units.values()]

    def split(x):
        return dict(zip(target.units, x.split(sizes, -1), strict=True))

    zero = torch.zeros(sum(sizes), dtype=torch.float64)
    energy = lambda x: target.energy(split(x[None])).sum()  # noqa: E731
    precision = torch.autograd.functional.hessian(energy, zero)
    slope = torch.autograd.functional.jacobian(energy, zero)
    covariance = torch.linalg.inv(precision)
    centre = -covariance @ slope
    root = torch.linalg.cholesky(covariance)
    tally, first = Tally(), None
    for piece in range(CHAINS // CHUNK):
        source = generator(100 + piece)
        start = torch.randn(CHUNK, len(zero), generator=source, dtype=torch.float64) @ root.mT
        moved = twice(graph, split((start + centre).float()), source=source)
        x = torch.cat([moved[n] for n in target.units], 1).double()
        tally.add(torch.cat([x, (x[:, :, None] * x[:, None, :]).flatten(1)], 1))
        first = x if first is None else first
    second = covariance + centre.outer(centre)
    assert abs(tally.z(torch.cat([centre, second.flatten()]))) < judge.LIMIT
    for seed in range(3):
        direction = numbers(len(zero), seed=seed)
        width = (direction @ covariance @ direction).sqrt()
        level = torch.special.ndtr((first - centre) @ direction / width)
        assert abs(judge.kolmogorov(level, lambda u: u)) < judge.LIMIT


# --- rare states -----------------------------------------------------------------------------


def rare(dtype=torch.float64):
    """Units of which a few in a million are on, and coupled ordinary ones."""
    graph = rbm(10, 1).to(dtype)
    with torch.no_grad():
        graph.units["v"].bias.copy_(numbers(10, seed=1) * 0.1 - 12.3)
        graph.edges[0].connection.weight.copy_(numbers(1, 10, seed=2) * 0.5)
    return graph


@torch.no_grad()
def rare_drift(*, calls=500, size=20_000):
    """z of chi-square of how many chains of a call are in a rare state: each as if alone."""
    graph, (states, p) = rare(torch.float32), exact.distribution(rare())
    on = states["v"].any(1)
    counts, numpy = torch.zeros(8), np.random.default_rng(0)
    listed = {n: x.float() for n, x in states.items()}
    for k in range(calls):
        times = torch.as_tensor(numpy.multinomial(size, p.numpy()))
        state = {n: x.repeat_interleave(times, 0) for n, x in listed.items()}
        moved = sweep(graph, state, source=generator(k))[0]
        counts[min(7, int(moved["v"].any(1).sum()))] += 1
    share = torch.as_tensor(stats.binom.pmf(np.arange(7), size, float(p[on].sum())))
    return judge.chi_square(counts, torch.cat([share, 1 - share.sum(0, keepdim=True)]))


def test_chains_of_one_call_are_in_rare_states_independently():
    assert abs(rare_drift()) < judge.LIMIT


def test_draws_that_share_their_last_bits_are_caught(monkeypatch):  # z = 12
    def shared(like, source=None):
        fine = 2**24 * random.uniform(like, source)
        last = torch.randint(256, (), generator=source)
        return (256 * (fine / 256).floor() + last) / 2**24

    monkeypatch.setattr("harmonium.random.dithered", shared)
    assert rare_drift() > judge.LIMIT


# --- wrong samplers are caught -----------------------------------------------------------------


def caught(name, graph, *, move=twice):
    return abs(drift(GRAPHS[name](), graph, move=move)) > judge.LIMIT


def test_a_temperature_off_by_two_percent_is_caught():  # z = 18
    graph = VIEWS["tempered"].build(GRAPHS["rbm"](torch.float32), 1)
    nearly = [type(e)(e.source, e.target, e.connection, 0.98) for e in graph.edges]
    assert caught("rbm", type(graph)(graph.units, nearly))


def test_one_bias_off_by_a_fiftieth_is_caught():  # z = 14
    graph = copy.deepcopy(GRAPHS["rbm"](torch.float32))
    with torch.no_grad():
        graph.units["v"].bias[0] += 0.02
    assert caught("rbm", graph)


def test_uniform_draws_of_8_bits_are_caught(monkeypatch):  # z = 15
    fine = random.dithered
    monkeypatch.setattr(
        "harmonium.random.dithered",
        lambda like, source=None: (256 * fine(like, source)).floor() / 256,
    )
    assert caught("rbm", GRAPHS["rbm"](torch.float32))


def at_once(graph, state, *, source, groups=None):
    """Wrong: some groups (all, unless named) move together, from the same old values."""
    together = groups or [*graph.units]
    with torch.no_grad():
        new = {n: graph.units[n].sample(graph.field(n, state), source) for n in together}
    return sweep(graph, {**state, **new}, hold=dict.fromkeys(together, True), source=source)[0]


def test_all_groups_from_old_values_is_caught():  # z = 423
    assert caught("rbm", GRAPHS["rbm"](torch.float32), move=at_once)


def test_two_connected_groups_at_once_is_caught():  # z = 256
    def move(graph, state, *, source):
        return at_once(graph, state, source=source, groups=["a", "b"])

    assert caught("triangle", GRAPHS["triangle"](torch.float32), move=move)


def test_a_self_wired_group_in_one_block_is_caught():  # z = 249
    graph = GRAPHS["boltzmann"](torch.float32)
    (edge,) = graph.edges
    edge.connection.blocks = lambda: [torch.arange(6)]
    assert caught("boltzmann", graph)


def test_a_real_group_off_in_variance_is_caught():
    target, graph = GRAPHS["rbm-gaussian"](), GRAPHS["rbm-gaussian"](torch.float32)
    with torch.no_grad():
        graph.units["v"].log_precision.add_(0.01)
    tally = Tally()
    for state, source in chains(target, seed=5, total=CHUNK):
        moved = twice(graph, state, source=source)
        tally.add(features(target, {n: x.double() for n, x in moved.items()}))
    assert abs(tally.z(features(target, None))) > judge.LIMIT


# --- the judge itself --------------------------------------------------------------------------


def test_the_judge_gives_standard_normal_scores_to_lawful_samples():
    p = torch.softmax(numbers(40, seed=1), 0)
    source = generator(2)
    zs = []
    for _ in range(300):
        drawn = torch.multinomial(p, 20_000, replacement=True, generator=source)
        zs.append(judge.chi_square(torch.bincount(drawn, minlength=40), p))
    assert abs(sum(zs) / 300) < 5 / math.sqrt(300)
    spread = torch.tensor(zs).std()
    assert 0.8 < float(spread) < 1.2
