"""Law 6: an estimate of log Z is as good as its standard error says, from both sides."""

import math

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.random import generator
from harmonium.sampling.ais import Estimate, _estimate, ais, base_fields, reverse_ais
from harmonium.sampling.sweep import complete, sweep
from harmonium.sampling.views import clamped, scaled, tempered
from tests.laws import judge
from tests.laws.registry import GRAPHS, JOINTLY_GAUSSIAN, VIEWS
from tests.laws.specimens import ROWS, random_state

RUNS = 200
CHAINS = 50
STEPS = 20
BATCH = {"betas": STEPS, "chains": RUNS * CHAINS}

NAMES = [
    "rbm",
    "rbm-spin",
    "rbm-categorical",
    "rbm-multinomial",
    "rbm-gaussian",
    "rbm-rectified",
    "rbm-to-gaussian",
    "deep",
    "deeper",
    "gaussian-top",
    "boltzmann",
    "semi-restricted",
    "triangle",
    "affine",
]


def regrouped(estimate: Estimate, runs, *, sign=1):
    """One batch of chains, read as many short runs by the library's own arithmetic."""
    log_w = estimate.log_weights
    log_z0 = estimate.log_z - sign * (torch.logsumexp(log_w, 0) - math.log(len(log_w)))
    shape = runs, len(log_w) // runs
    return _estimate(log_w, log_z0.expand(len(log_w)), shape=shape, per_row=True, sign=sign)


def covered(runs: Estimate, truth):
    """The share of runs whose two standard errors reach the truth."""
    return float(((runs.log_z - truth).abs() <= 2 * runs.stderr).double().mean())


def lawful(estimate, truth, *, sign=1):
    z = float((estimate.log_z - truth) / estimate.stderr)
    share = covered(regrouped(estimate, RUNS, sign=sign), truth)
    return abs(z) < judge.LIMIT and 0.90 <= share <= 0.99


# --- the standard error ------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_two_standard_errors_cover_the_exact_value(name):
    graph = GRAPHS[name]()
    estimate = ais(graph, **BATCH, source=generator(len(name)))
    assert lawful(estimate, exact.log_partition(graph))


@pytest.mark.parametrize("name", ["rbm", "deeper", "rbm-rectified", "semi-restricted"])
def test_two_standard_errors_of_reverse_runs_cover_it_too(name):
    graph = GRAPHS[name]()
    starts = exact.draw(graph, RUNS * CHAINS, source=generator(1))
    estimate = reverse_ais(graph, starts, betas=STEPS, source=generator(2))
    assert lawful(estimate, exact.log_partition(graph), sign=-1)


@pytest.mark.parametrize("view", ["tempered", "tempered-from-base", "shifted", "scaled"])
def test_views_have_a_log_z_too(view):
    graph = VIEWS[view].build(GRAPHS["deep"](), 1)
    assert lawful(ais(graph, **BATCH, source=generator(3)), exact.log_partition(graph))


@pytest.mark.parametrize("name", JOINTLY_GAUSSIAN)
def test_joint_gaussians_in_closed_form(name):
    graph = JOINTLY_GAUSSIAN[name]()
    sizes = [u.shape.numel() for u in graph.units.values()]

    def energy(x):
        return graph.energy(dict(zip(graph.units, x[None].split(sizes, 1), strict=True))).sum()

    zero = torch.zeros(sum(sizes), dtype=torch.float64)
    precision = torch.autograd.functional.hessian(energy, zero)
    slope = torch.autograd.functional.jacobian(energy, zero)
    truth = sum(sizes) / 2 * math.log(2 * math.pi) - torch.logdet(precision) / 2
    truth = truth + slope @ torch.linalg.solve(precision, slope) / 2
    assert lawful(ais(graph, **BATCH, source=generator(4)), truth)


def test_any_base_and_any_ladder_lead_to_the_same_place():
    graph = GRAPHS["deep"]()
    base = {"v": torch.tensor([0.2, 0.5, 0.9]).double(), "h2": torch.tensor([0.4, 0.7]).double()}
    ladder = torch.linspace(0, 1, STEPS + 1) ** 2
    estimate = ais(graph, betas=ladder, chains=RUNS * CHAINS, base=base, source=generator(5))
    assert lawful(estimate, exact.log_partition(graph))
    starts = exact.draw(graph, RUNS * CHAINS, source=generator(6))
    back = reverse_ais(graph, starts, betas=ladder, base=base, source=generator(7))
    assert lawful(back, exact.log_partition(graph), sign=-1)


# --- both sides --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rbm", "deep", "triangle", "boltzmann"])
def test_forward_errs_down_and_reverse_errs_up(name):
    """Strong weights, two steps, five chains a run: the gap is far wider than its error."""
    graph, runs, chains = GRAPHS[name](), 4000, 5
    graph = scaled(graph, {(e.source, e.target): 2.5 for e in graph.edges})
    truth = exact.log_partition(graph)
    forward = ais(graph, betas=2, chains=runs * chains, source=generator(8))
    starts = exact.draw(graph, runs * chains, source=generator(9))
    back = reverse_ais(graph, starts, betas=2, source=generator(10))
    low, high = regrouped(forward, runs).log_z, regrouped(back, runs, sign=-1).log_z
    assert judge.mean(low[:, None], truth) < -judge.LIMIT
    assert judge.mean(high[:, None], truth) > judge.LIMIT


def test_more_steps_close_the_gap():
    graph = GRAPHS["triangle"]()
    sizes = [float(ais(graph, betas=k, chains=1000, source=generator(1)).ess) for k in (1, 4, 16)]
    assert sizes[0] < sizes[1] < sizes[2] <= 1000


# --- held values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("deep", ("v",)),
        ("deeper", ("v", "h3")),
        ("semi-restricted", ("h",)),
        ("triangle", ("b",)),
        ("rbm-rectified", ("h",)),
        ("affine", ("v",)),
    ],
)
def test_held_values_have_a_log_z_row_by_row(name, held):
    graph = GRAPHS[name]()
    hold = {n: x for n, x in random_state(graph, seed=2).items() if n in held}
    rows = [clamped(graph, {n: x[i : i + 1] for n, x in hold.items()}) for i in range(ROWS)]
    truth = torch.stack([exact.log_partition(row) for row in rows])
    estimate = ais(graph, betas=10, chains=2000, hold=hold, source=generator(11))
    assert estimate.log_weights.shape == (ROWS, 2000)
    assert within(estimate, truth)
    starts = [exact.draw(row, 2000, source=generator(12)) for row in rows]
    starts = {n: torch.cat([s[n] for s in starts]) for n in starts[0]}
    assert within(reverse_ais(graph, starts, betas=10, hold=hold, source=generator(13)), truth)


def within(estimate, truth):
    """Each row within five standard errors; rows without any are exact."""
    close = (estimate.log_z - truth).abs() <= 5 * estimate.stderr + 1e-9
    return bool(close.all()) and estimate.log_z.shape == truth.shape


def test_base_fields_give_the_means():
    graph = GRAPHS["gaussian-top"]()
    means = {
        "v": torch.tensor([0.1, 0.7]).double(),
        "h": torch.tensor([0.5, 0.2, 0.95]).double(),
        "top": torch.tensor([-3.0, 0.4]).double(),
    }
    at_zero = tempered(graph, 0.0, base=base_fields(graph, means))
    state = random_state(graph)
    for n, mean in means.items():
        found = graph.units[n].mean(at_zero.field(n, state))
        assert_close(found, mean.expand_as(found))


# --- wrong samplers are caught -----------------------------------------------------------------


def by_hand(graph, *, weigh_first=True, biased_base=True, source):
    """Annealing of an RBM, v summed over h, written out; right unless told to be wrong."""
    ladder = torch.linspace(0, 1, STEPS + 1).tolist()
    rows = RUNS * CHAINS
    state = complete(tempered(graph, 0.0), {}, rows=rows, source=source)
    log_w = torch.zeros(rows, dtype=torch.float64)
    for here, there in zip(ladder, ladder[1:], strict=False):
        now, then = tempered(graph, here), tempered(graph, there)
        moved, _ = sweep(then, state, source=source)
        at = state if weigh_first else moved
        log_w += (now.free_energy(at, ("h",)) - then.free_energy(at, ("h",))).detach()
        state, _ = sweep(then, moved, source=source)
    log_z0 = torch.zeros(rows, dtype=torch.float64)
    for units in graph.units.values():
        bias = 0 if biased_base else -units.bias
        log_z0 += units.log_partition(bias + torch.zeros(1, *units.shape).double()).detach()
    return _estimate(log_w, log_z0, shape=(1, rows), per_row=False, sign=1)


def test_annealing_by_hand_is_right():
    graph = GRAPHS["rbm"]()
    assert lawful(by_hand(graph, source=generator(14)), exact.log_partition(graph))


def test_weights_taken_after_the_move_are_caught():
    graph = GRAPHS["rbm"]()
    wrong = by_hand(graph, weigh_first=False, source=generator(14))
    assert not lawful(wrong, exact.log_partition(graph))


def test_log_z_of_a_base_without_biases_is_caught():
    """Its chains start from the biases: n log 2 is the log Z of another start."""
    graph = GRAPHS["rbm"]()
    wrong = by_hand(graph, biased_base=False, source=generator(14))
    assert not lawful(wrong, exact.log_partition(graph))


def test_too_small_a_standard_error_is_caught():
    graph = GRAPHS["rbm"]()
    right = regrouped(ais(graph, **BATCH, source=generator(15)), RUNS)
    short = Estimate(right.log_z, 0.7 * right.stderr, right.ess, right.log_weights)
    assert covered(short, exact.log_partition(graph)) < 0.90
