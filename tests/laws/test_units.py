"""Law 1: a family is what its log-partition function says it is.

dA/df = mean, dA/dtheta = moments; A against summation or quadrature; draws against the moments and
d2A/df2; the mode maximises; and all the other answers follow from the one density.
"""

import copy
import math

import pytest
import torch
from scipy import special
from torch.autograd.functional import hessian
from torch.testing import assert_close

from harmonium.random import generator
from harmonium.units import Bernoulli, DReLU, Gaussian, Multinomial, Rectified, Spin
from tests.laws import judge
from tests.laws.enumeration import points
from tests.laws.registry import UNITS
from tests.laws.specimens import ROWS, fields, numbers, repeated

DRAWS = 1_000_000
WHOLES = [name for name, build in UNITS.items() if build().rows is None]
CLIPPED = ("saturated", "skewed", "very-negative")
"""Regimes whose means tilt and start clip on purpose (see each family's own tests)."""
everyone = pytest.mark.parametrize("name", UNITS)
wholes = pytest.mark.parametrize("name", WHOLES)


def made(name):
    """The units and fields on them, ``(ROWS, *shape)``."""
    units = UNITS[name]()
    return units, fields(units, seed=len(name))


def by_row(units, field):
    """The units with one row's context, and that row's field."""
    for i, f in enumerate(field.split(1)):
        many = units.context is not None and units.context.numel() > 1
        yield (units.given(units.context[i]) if many else units), f


def separate(units, field):
    """Groups of at most two units, so that a product of quadrature rules stays small."""
    if units.growth == "finite" or units.shape.numel() <= 2:
        return [(units, field)]
    rows = torch.arange(units.shape.numel()).split(1)
    return [(units.at(r), field.flatten(1)[:, r]) for r in rows]


# --- the derivatives of A ----------------------------------------------------------------------


@everyone
def test_mean_is_the_derivative_by_the_field(name):
    units, field = made(name)
    field.requires_grad_()
    (slope,) = torch.autograd.grad(units.log_partition(field).sum(), field)
    # the far tail's derivative cancels in erfcx; the mean itself does not
    assert_close(slope, units.mean(field), rtol=1e-8, atol=1e-10)


@everyone
def test_moments_are_the_derivatives_by_the_parameters(name):
    units, field = made(name)
    parameters = [p for p in units.parameters() if p.requires_grad]
    slopes = torch.autograd.grad(units.log_partition(field).sum(), parameters)
    learned = [k for k, t in enumerate(units.natural()) if t.requires_grad]
    theta = [units.natural()[k].expand(units.shape) for k in learned]
    moments = [units.moments(field)[k].detach().sum(0) for k in learned]
    assert_close(slopes, torch.autograd.grad(theta, parameters, moments), rtol=1e-8, atol=1e-10)


# --- A itself ----------------------------------------------------------------------------------


@everyone
def test_log_partition_is_the_sum_over_states(name):
    units, field = made(name)
    for one, f in by_row(units, field):
        total = torch.zeros(1, dtype=torch.float64)
        for part, g in separate(one, f):
            x, log_w = (t[0] for t in points(part, g))
            terms = zip(part.natural(), part.statistics(x), strict=True)
            exponent = sum((t * s).flatten(1).sum(1) for t, s in terms) + part.log_base(x)
            total += torch.logsumexp(log_w + exponent + (g * x).flatten(1).sum(1), 0)
        assert_close(one.log_partition(f), total, rtol=1e-10, atol=1e-10)


@everyone
def test_moments_are_the_averages_over_states(name):
    units, field = made(name)
    for one, f in by_row(units, field):
        for part, g in separate(one, f):
            x, log_w = (t[0] for t in points(part, g))
            p = (log_w + part.log_prob(x, g)).exp()
            assert_close(p.sum(), p.new_ones(()), rtol=0, atol=1e-10)
            for m, t in zip(part.moments(g), part.statistics(x), strict=True):
                assert_close(m[0], torch.tensordot(p, t, 1), rtol=1e-8, atol=1e-10)
            spread = torch.tensordot(p, (x - part.mean(g)).square(), 1)
            assert_close(part.variance(g)[0], spread, rtol=1e-6, atol=1e-10)


@everyone
def test_energy_is_the_negative_exponent(name):
    units, field = made(name)
    x = units.sample(field, generator(0))
    inner = sum(
        (t * s).flatten(1).sum(1)
        for t, s in zip(units.natural(), units.statistics(x), strict=True)
    )
    assert_close(units.energy(x), -inner - units.log_base(x))
    assert units.statistics(x)[0] is x


@pytest.mark.parametrize("name", [n for n, make in UNITS.items() if make().growth == "finite"])
def test_states_are_all_different_and_in_the_domain(name):
    units, field = made(name)
    for one, _ in by_row(units, field):
        states = one.states()
        assert states.shape[1:] == one.shape
        assert states.dtype == torch.float64
        assert len(states.unique(dim=0)) == len(states) == one.count()
        one.check(states)


@pytest.mark.parametrize("z", [-200.0, -30.0, -6.0, -4.01, -3.99, -1.0, 0.0, 2.0, 9.0, 40.0])
def test_rectified_keeps_its_accuracy_in_the_tails(z):
    """Against quadrature in float64, and what float32 loses of it."""
    units, field = Rectified(1).double(), torch.tensor([[z]], dtype=torch.float64)
    x, log_w = (t[0] for t in points(units, field))
    weight = log_w + (field * x - x.square() / 2)[:, 0]
    log_z = torch.logsumexp(weight, 0)
    first, second = ((weight - log_z).exp() @ x**k for k in (1, 2))
    moments = units.moments(field)
    assert_close(units.log_partition(field), log_z[None], rtol=1e-12, atol=1e-12)
    assert_close(moments[0][0], first, rtol=1e-10, atol=0)
    assert_close(moments[1][0], -second / 2, rtol=1e-10, atol=0)
    single, short = Rectified(1), field.float()
    assert_close(single.log_partition(short).double(), log_z[None], rtol=1e-6, atol=1e-6)
    for short_moment, moment in zip(single.moments(short), moments, strict=True):
        assert_close(short_moment.double(), moment, rtol=3e-5, atol=0)


# --- draws -------------------------------------------------------------------------------------


@everyone
def test_draws_have_the_moments_and_the_covariance(name):
    """The covariance is the second derivative of A; off its diagonal, units are independent."""
    units, field = made(name)
    field = field[:2]
    if units.context is not None and units.context.numel() > 1:
        units, field = units.given(units.context[2:]), fields(units, seed=3)[2:]
    n = DRAWS // (6 if isinstance(units, Rectified | DReLU) else 2)
    with torch.no_grad():
        drawn = repeated(units, n).sample(field.repeat_interleave(n, 0), generator(11))
    for (one, f), x in zip(by_row(units, field), drawn.unflatten(0, (2, n)), strict=True):
        covariance = hessian(lambda g, one=one: one.log_partition(g).sum(), f)
        covariance = covariance.reshape(f.numel(), f.numel())
        variance = covariance.diag()
        often, pairs = variance > 0, covariance > -1
        if units.growth == "finite":  # else nothing is rare
            often, pairs = variance > 100 / n, variance.outer(variance) > 100 / n
        for t, m in zip(one.statistics(x), one.moments(f), strict=True):
            assert abs(judge.mean(t, m[0], judged=often)) < judge.LIMIT
        centred = x.flatten(1) - one.mean(f).flatten(1)
        products = (centred[:, :, None] * centred[:, None, :]).flatten(1)
        assert abs(judge.mean(products, covariance, judged=pairs)) < judge.LIMIT


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("z", [-30.0, -6.0, -4.1, -3.9, 0.0, 3.0])
def test_rectified_draws_follow_the_distribution_function(z, dtype):
    field = torch.full((DRAWS if dtype is torch.float32 else DRAWS // 4, 1), z, dtype=dtype)
    with torch.no_grad():
        drawn = Rectified(1).to(dtype).sample(field, generator(5))[:, 0].double()

    def cdf(x):
        return -torch.expm1(torch.special.log_ndtr(z - x) - special.log_ndtr(z))

    assert abs(judge.kolmogorov(drawn, cdf)) < judge.LIMIT


def test_gaussian_draws_follow_the_distribution_function():
    units = UNITS["gaussian-wide"]()
    field = fields(units)[:1]
    drawn = units.sample(field.expand(DRAWS, -1), generator(6))
    centred = (drawn - units.mean(field)) * units.natural()[1].sqrt()
    assert abs(judge.kolmogorov(centred[:, 0].detach(), torch.special.ndtr)) < judge.LIMIT


@everyone
def test_the_same_source_draws_the_same(name):
    units, field = made(name)
    units, field = repeated(units, 20), field.repeat_interleave(20, 0)
    first, again, other = (units.sample(field, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


# --- mode, tilt, start, absorb -----------------------------------------------------------------


@everyone
def test_mode_is_the_most_probable_state(name):
    units, field = made(name)
    if units.growth == "finite":
        for one, f in by_row(units, field):
            states = one.states()
            best = one.log_prob(states, f.expand(len(states), *f.shape[1:])).max()
            mode = one.mode(f)
            one.check(mode.detach())
            assert_close(one.log_prob(mode, f)[0], best, rtol=0, atol=1e-10)
        return
    mode = units.mode(field)
    units.check(mode.detach())
    best = units.log_prob(mode, field)
    curvature = units.curvature()
    scale = torch.ones(()) if curvature is None else curvature.rsqrt().detach()
    for size in (1e-3, 0.1, 3.0):
        for seed in range(20):
            near = mode + size * scale * numbers(*mode.shape, seed=seed)
            near = near.round() if units.growth == "factorial" else near
            near = near.clamp(min=units.domain[0])
            assert bool((units.log_prob(near, field) <= best + 1e-12).all())


def smoothing(units):
    """How far tilt and start may miss a mean: counts are smoothed by a thousandth of the total."""
    if isinstance(units, Multinomial):
        return {"rtol": 0.0, "atol": 1e-3 * float(units.lengths.max())}
    return {"rtol": 1e-9, "atol": 1e-9}


@pytest.mark.parametrize("name", [n for n in WHOLES if not n.endswith(CLIPPED)])
def test_tilt_inverts_the_mean(name):
    units, field = made(name)
    if units.takes_context:
        units, field = next(by_row(units.given(5.0), field))
    mean = units.mean(field)
    field = (units.tilt(mean) - units.bias).detach()
    assert_close(units.mean(field), mean, **smoothing(units))


@pytest.mark.parametrize("name", [n for n in WHOLES if not n.endswith(CLIPPED)])
def test_start_reproduces_the_moments(name):
    units, _ = made(name)
    units = units.given(5.0) if units.takes_context else units
    nothing = torch.zeros(1, *units.shape, dtype=torch.float64)
    wanted = [m.detach() for m in units.moments(nothing)]
    fresh = copy.deepcopy(units)
    learned = [name for name, p in units.named_parameters() if p.requires_grad]
    fresh.load(**dict.fromkeys(learned, torch.full(units.shape, 0.3)))
    fresh.load(**units.start([m[0] for m in wanted]))
    found = fresh.moments(nothing)
    # truncated Gaussians, and those of a fixed precision, start from their means alone
    fixed = any(not p.requires_grad for p in units.parameters())
    n = 1 if fixed or isinstance(units, Rectified | DReLU) else len(wanted)
    assert_close(found[:n], tuple(wanted[:n]), **smoothing(units))


@wholes
def test_absorb_is_a_field_for_good(name):
    units, field = made(name)
    moved = copy.deepcopy(units)
    constant = numbers(*units.bias.shape, seed=9)
    moved.absorb(constant)
    assert_close(moved.log_partition(field), units.log_partition(field + constant))
    assert_close(moved.moments(field), units.moments(field + constant))
    moved.absorb(torch.tensor(-0.5))
    assert_close(moved.mean(field), units.mean(field + constant - 0.5))


# --- domain, layer, parts, types ---------------------------------------------------------------

OFF_DOMAIN = {
    "Bernoulli": ([-0.1, 1.5], "need \\[0, 1\\].*scale the data"),
    "Spin": ([-1.2, 1.01], "need \\[-1, 1\\].*map binary data by 2 x - 1"),
    "Gaussian": ([math.inf, -math.inf], "need real numbers"),
    "Categorical": ([0.5, -0.5], "need one-hot vectors.*one_hot"),
    "Multinomial": ([0.5, -1.0], "need counts: give raw counts"),
    "Rectified": ([-0.01, math.inf], "need non-negative real numbers: shift the data"),
    "Poisson": ([0.5, -1.0, math.inf], "need counts: give raw counts"),
    "Binomial": ([-0.5, 50.0], "make trials the largest count"),
    "MaxPooled": ([-0.5, 1.5], "need non-negative values with sums of at most 1"),
    "DReLU": ([math.inf, -math.inf], "need real numbers"),
}


@everyone
def test_check_accepts_draws_and_refuses_the_rest(name):
    units, field = made(name)
    drawn = units.sample(field, generator(1)).detach()
    assert units.check(drawn) is None
    values, remedy = OFF_DOMAIN[type(units).__name__]
    for value in (*values, math.nan):
        bad = drawn.contiguous().clone()
        bad.view(-1)[-1] = value
        with pytest.raises(ValueError, match=remedy):
            units.check(bad)


@wholes
def test_neuron_is_the_mean(name):
    units, field = made(name)
    gain, bias, activation = units.neuron()
    mean = activation(gain * field + bias)
    total = units.lengths if units.takes_context else 1.0  # a net knows no lengths
    assert_close(total * mean, units.mean(field))


@pytest.mark.parametrize(
    "name", [n for n in WHOLES if len(UNITS[n]().shape) > UNITS[n]().unit_axes]
)
def test_parts_are_slices(name):
    whole, field = made(name)
    sites = len(whole.shape) - whole.unit_axes
    rows = torch.arange(whole.shape[:sites].numel())
    x = whole.sample(field, generator(2)).flatten(1, sites)
    total, energy = torch.zeros(ROWS).double(), torch.zeros(ROWS).double()
    for chosen in (rows[::2].flip(0), rows[1::2]):
        part, f = whole.at(chosen), field.flatten(1, sites)[:, chosen]
        assert part.shape == f.shape[1:]
        assert_close(part.mode(f), whole.mode(field).flatten(1, sites)[:, chosen])
        for mine, theirs in zip(part.moments(f), whole.moments(field), strict=True):
            assert_close(mine, theirs.flatten(1, sites)[:, chosen])
        total = total + part.log_partition(f)
        energy = energy + part.energy(x[:, chosen])
    assert_close(total, whole.log_partition(field))
    assert_close(energy, whole.energy(x.reshape(ROWS, *whole.shape)))


@everyone
def test_float32_stays_float32_and_agrees(name):
    units, field = made(name)
    single, short = copy.deepcopy(units).float(), field.float()
    if units.takes_context:
        single = single.given(units.context)
    drawn = single.sample(short, generator(0))
    answers = {
        "log_partition": single.log_partition(short),
        "mode": single.mode(short),
        "energy": single.energy(drawn),
        "log_prob": single.log_prob(drawn, short),
        **{f"moment {i}": m for i, m in enumerate(single.moments(short))},
        "sample": drawn,
    }
    assert {key: a.dtype for key, a in answers.items()} == dict.fromkeys(answers, torch.float32)
    close = {"rtol": 2e-5, "atol": 2e-5}
    assert_close(answers["log_partition"].double(), units.log_partition(field), **close)
    for mine, theirs in zip(single.moments(short), units.moments(field), strict=True):
        assert_close(mine.double(), theirs, **close)
    assert_close(answers["energy"].double(), units.energy(drawn.double()), **close)


# --- the law can fail --------------------------------------------------------------------------


class Halved(Gaussian):
    """Wrong on purpose: draws with half the variance."""

    def sample(self, field, source=None):
        mean = self.mean(field)
        return mean + (super().sample(field, source) - mean) * math.sqrt(0.5)


class Shifted(Bernoulli):
    """Wrong on purpose: a log-partition that belongs to a bias off by 0.02."""

    def log_partition(self, field):
        return super().log_partition(field + 0.02)


def test_a_wrong_variance_is_caught():
    units = Halved(1).double()
    x = units.sample(torch.zeros(100_000, 1).double(), generator(0))
    assert abs(judge.mean(x.square(), torch.ones(1))) > judge.LIMIT


def test_a_wrong_log_partition_is_caught():
    units, field = Shifted(2).double(), torch.zeros(1, 2, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(units.log_partition(field).sum(), field)
    assert not torch.allclose(slope, units.mean(field), rtol=0, atol=1e-3)
    total = torch.logsumexp(units.log_prob(units.states(), field), 0)
    assert not torch.allclose(total, torch.zeros_like(total), rtol=0, atol=1e-3)


# --- the domain ---------------------------------------------------------------------------------


@everyone
def test_states_and_draws_lie_inside_and_what_is_outside_has_no_probability(name):
    units, field = made(name)
    states = units.sample(field, generator(0)).detach()
    assert not units.outside(states).any()
    assert not units.outside(states, means=False).any()
    wrong = [torch.full_like(states, x) for x in (torch.nan, torch.inf, -torch.inf)]
    if units.growth == "finite":
        wrong += [states + 25.5, states - 25.5]
    for x in wrong:
        assert units.outside(x).all()
        assert (units.log_prob(x, field) == -torch.inf).all()
    assert torch.isfinite(units.log_prob(states, field)).all()


@everyone
def test_one_wrong_value_of_a_row_is_enough(name):
    units, field = made(name)
    states = units.sample(field, generator(0)).detach().contiguous()
    states.flatten(1)[0, -1] = torch.nan
    assert units.outside(states).tolist() == [True] + [False] * (len(states) - 1)
    with pytest.raises(ValueError, match="values|rows"):
        units.check(states)


@everyone
def test_means_are_inside_as_means_and_no_states(name):
    units, field = made(name)
    if units.takes_context or units.growth != "finite":
        return
    means = units.mean(0 * field).detach()
    assert not units.outside(means).any()
    assert units.outside(means, means=False).all()


def test_counts_have_the_total_that_is_bound():
    units = Multinomial(3).given(torch.tensor([4.0]))
    x = torch.tensor([[1.0, 1, 2], [1, 1, 5], [0, 0, 4], [0.5, 0.5, 3]])
    assert units.outside(x).tolist() == [False, True, False, True]
    assert Multinomial(3).outside(x).tolist() == [False, False, False, True]


def test_zeros_and_ones_are_no_spins():
    x = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match="map the data by 2 x - 1"):
        Spin(2).check(x)
    Spin(2).check(2 * x - 1)
    Spin(2).check(0 * x)  # means
