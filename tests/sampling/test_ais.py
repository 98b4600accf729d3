import math

import pytest
import torch
from torch.testing import assert_close

from harmonium import Gaussian, Multinomial, ais, dbm, exact, rbm, reverse_ais
from harmonium.learning.watch import doubtful_estimate
from harmonium.likelihood import Ladder as Settings
from harmonium.likelihood import density
from harmonium.random import generator
from harmonium.sampling import (
    OnlineLogZ,
    anneal,
    clamped,
    mean_field,
    scaled,
    shifted,
    sweep,
    swept,
    tempered,
)
from harmonium.sampling.ais import _estimate, base_fields
from harmonium.sampling.chains import run
from harmonium.sampling.sweep import complete
from harmonium.sampling.tempering import Ladder
from tests.laws.registry import GRAPHS
from tests.laws.specimens import random_state, randomised


@pytest.mark.parametrize("betas", [0, [0.0, 0.5], [0.1, 1.0], [0.0, 0.5, 0.5, 1.0]])
def test_a_ladder_must_rise_from_zero_to_one(betas):
    betas = torch.tensor(betas) if betas else betas
    with pytest.raises(ValueError, match="betas must rise from 0 to 1, or be a number of steps"):
        ais(rbm(2, 2), betas=betas)


def test_lone_units_need_no_annealing():
    """Without weights every log-weight is zero: the base is the model."""
    graph = rbm(3, 2, std=0.0)
    estimate = ais(graph, betas=3, chains=10)
    assert_close(estimate.log_weights, torch.zeros(10, dtype=torch.float64), atol=1e-5, rtol=0)
    assert float(estimate.log_z) == pytest.approx(5 * math.log(2), abs=1e-5)
    assert float(estimate.stderr) < 1e-5
    assert float(estimate.ess) == pytest.approx(10)


def test_the_arithmetic_of_an_estimate():
    log_w = torch.tensor([[0.0, math.log(3.0)], [1000.0, 1000.0]], dtype=torch.float64)
    log_z0 = torch.full((4,), 2.0, dtype=torch.float64)
    estimate = _estimate(log_w.flatten(), log_z0, shape=(2, 2), per_row=True, sign=1)
    assert estimate.log_z.tolist() == pytest.approx([2 + math.log(2), 1002])
    # weights 1 and 3: s.d. sqrt(2), mean 2
    assert estimate.stderr.tolist() == pytest.approx([math.sqrt(2) / 2 / math.sqrt(2), 0])
    assert estimate.ess.tolist() == pytest.approx([16 / 10, 2])
    back = _estimate(log_w.flatten(), log_z0, shape=(2, 2), per_row=True, sign=-1)
    assert back.log_z.tolist() == pytest.approx([2 - math.log(2), -998])


def test_one_chain_has_no_known_error():
    estimate = ais(rbm(3, 2, std=1.0), betas=5, chains=1)
    assert float(estimate.stderr) == math.inf
    assert torch.isfinite(estimate.log_z)
    assert estimate.log_z.dtype == torch.float64


def test_it_reads_on_one_line():
    log_w = torch.zeros(100, dtype=torch.float64)
    estimate = _estimate(log_w, log_w + 1.5, shape=(1, 100), per_row=False, sign=1)
    assert str(estimate) == "log Z = 1.500 +- 0.000 nats (ESS 100 of 100)"


def test_shapes_with_and_without_held_values():
    graph = GRAPHS["deep"]()
    alone = ais(graph, betas=2, chains=7)
    assert (alone.log_z.shape, alone.log_weights.shape) == ((), (7,))
    v = random_state(graph)["v"]
    rows = ais(graph, betas=2, chains=7, hold={"v": v})
    assert (rows.log_z.shape, rows.stderr.shape, rows.ess.shape) == ((4,), (4,), (4,))
    assert rows.log_weights.shape == (4, 7)
    starts = {"h1": torch.ones(28, 2).double(), "h2": torch.ones(28, 2).double()}
    back = reverse_ais(graph, starts, betas=2, hold={"v": v})
    assert back.log_weights.shape == (4, 7)


def test_held_values_of_an_rbm_leave_nothing_to_estimate():
    """The other group is summed away: its log Z is -F(v), without any error."""
    graph = GRAPHS["rbm"]()
    v = random_state(graph)["v"]
    estimate = ais(graph, betas=3, chains=4, hold={"v": v})
    assert_close(estimate.log_z, -graph.free_energy({"v": v}, ("h",)).detach())
    assert float(estimate.stderr.max()) < 1e-9


def test_runs_repeat_with_their_source():
    graph = GRAPHS["triangle"]()
    first, again, other = (ais(graph, betas=5, chains=9, source=generator(s)) for s in (1, 1, 2))
    assert torch.equal(first.log_weights, again.log_weights)
    assert not torch.equal(first.log_weights, other.log_weights)


def test_the_start_of_a_reverse_run_is_not_changed():
    graph = GRAPHS["triangle"]()
    starts = exact.draw(graph, 20, source=generator(1))
    before = {n: x.clone() for n, x in starts.items()}
    reverse_ais(graph, starts, betas=3, source=generator(2))
    assert all(torch.equal(starts[n], before[n]) for n in starts)


def test_a_graph_that_cannot_be_normalised_has_no_log_z():
    graph = rbm(Gaussian(2), Gaussian(2))
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(3.0)
    with pytest.raises(ValueError, match="cannot be normalised"):
        ais(graph, betas=3)


def test_base_means_are_clipped_into_the_interior():
    fields = base_fields(rbm(2, 1), {"v": torch.tensor([0.0, 1.0])})
    assert bool(torch.isfinite(fields["v"]).all())
    assert set(fields) == {"v"}


def test_lengths_that_differ_have_one_log_z_each():
    """Forward and in reverse, beside enumeration of one length after the other."""
    graph = randomised(rbm(Multinomial(3), 2), 6, std=1.0)
    lengths = torch.tensor([0.0, 1.0, 2.0, 5.0, 12.0]).double()
    bound = graph.given(v=lengths)
    truth = torch.stack([exact.log_partition(graph.given(v=n)) for n in lengths])
    up = ais(bound, betas=50, chains=300, source=generator(1))
    assert bool(((up.log_z - truth).abs() < 4 * up.stderr + 1e-6).all())
    starts = [exact.draw(graph.given(v=n), 300, source=generator(2)) for n in lengths]
    state = {name: torch.cat([start[name] for start in starts]) for name in graph.units}
    down = reverse_ais(bound, state, betas=50, source=generator(3))
    assert bool(((down.log_z - truth).abs() < 4 * down.stderr + 1e-6).all())
    assert float((up.log_z - truth.flip(0)).abs().max()) > 1  # lengths are not interchangeable


def test_lengths_and_held_rows_must_be_equally_many():
    graph = rbm(3, Multinomial(3)).given(h=torch.tensor([2, 5]))
    with pytest.raises(ValueError, match=r"their numbers differ, \[2, 3\]"):
        ais(graph, betas=2, chains=2, hold={"v": torch.zeros(3, 3)})


def test_each_row_may_start_from_its_own_mean_field():
    """A start near the posterior: a ladder of a few steps is exact to a hundredth."""
    graph = randomised(dbm(6, 4, 3), 4, std=1.0)
    v = (torch.rand(5, 6, generator=generator(1)) < 0.5).double()
    data = mean_field(graph, {"v": v}, tolerance=1e-9, cap=500)
    base = {name: graph.units[name].mean(f).detach() for name, f in data.fields.items()}
    truth = exact.log_prob(graph, {"v": v}) + exact.log_partition(graph)
    near, far = (
        ais(graph, betas=5, chains=400, base=b, hold={"v": v}, source=generator(2))
        for b in (base, None)
    )
    assert bool(((near.log_z - truth).abs() < 5 * near.stderr + 1e-3).all())
    assert float(near.stderr.mean()) < float(far.stderr.mean()) / 2
    data = exact.phase(clamped(graph, {"v": v[:1]}))  # draws given the first row, and back down
    picks = torch.multinomial(data.weights, 400, replacement=True, generator=generator(3))
    starts = {n: x[picks] for n, x in data.values.items()}
    for name, f in data.fields.items():
        starts[name] = graph.units[name].sample(f[picks], generator(4))
    first = {name: x[:1] for name, x in base.items()}
    back = reverse_ais(graph, starts, betas=5, base=first, hold={"v": v[:1]}, source=generator(5))
    assert float((back.log_z - truth[:1]).abs()) < 5 * float(back.stderr) + 1e-3


# --- what has no log Z, and what is no start ----------------------------------------------------


def improper():
    """Gaussian groups, and scales under which their joint precision is indefinite."""
    graph = rbm(Gaussian(2), Gaussian(2), std=0.0)
    with torch.no_grad():
        graph.edges[0].connection.weight.copy_(0.9 * torch.eye(2))
    return graph, 1.2


STARTS = {"v": torch.zeros(4, 2), "h": torch.zeros(4, 2)}
ASKED = {
    "ais": lambda g: ais(g, betas=10, chains=4),
    "reverse_ais": lambda g: reverse_ais(g, STARTS, betas=10),
    "tempering": lambda g: Ladder([tempered(g, 0.0), g]),
    "sweep": lambda g: sweep(g, STARTS),
    "chains": lambda g: run(g, STARTS, sweeps=2),
    "annealing": lambda g: anneal(g, STARTS, betas=[0.1, 1.0]),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("rows", [False, True], ids=["one scale", "a scale per row"])
def test_an_improper_view_is_refused_by_all_who_would_draw_from_it(ask, rows):
    graph, scale = improper()
    scales = torch.tensor([0.5, 1.0, scale, 0.1]) if rows else scale
    ask(graph)
    with pytest.raises(ValueError, match="cannot be normalised"):
        ask(scaled(graph, {("v", "h"): scales}))


def test_annealing_below_temperature_one_may_leave_the_proper_machines():
    graph, scale = improper()
    with pytest.raises(ValueError, match="cannot be normalised"):
        anneal(graph, STARTS, betas=[1.0, scale])


def test_a_machine_that_became_improper_is_followed_no_further():
    graph, scale = improper()
    follow = OnlineLogZ(graph, chains=4, betas=2, source=generator(0))
    with torch.no_grad():
        graph.edges[0].connection.weight.mul_(scale)
    for ask in (follow, lambda: OnlineLogZ(graph, chains=4)):
        with pytest.raises(ValueError, match="cannot be normalised"):
            ask()
    with pytest.raises(ValueError, match="cannot be normalised"):
        density(graph, {"test": torch.zeros(3, 2)}, train=torch.zeros(3, 2), ladder=Settings(5, 4))


def test_the_conditional_of_an_improper_machine_may_be_proper():
    graph, scale = improper()
    view = scaled(graph, {("v", "h"): scale})
    held = torch.tensor([[1.0, -1.0]])
    found = ais(view, betas=5, chains=3, hold={"v": held})
    assert_close(found.log_z, -view.free_energy({"v": held}, ("h",)).double())


@pytest.mark.parametrize("ask", [lambda g: ais(g, betas=3, chains=3), exact.log_partition])
def test_parameters_that_are_not_finite_have_no_log_z(ask):
    graph = rbm(4, 3)
    with torch.no_grad():
        graph.edges[0].connection.weight[1, 1] = torch.nan
    with pytest.raises(ValueError, match=r"connections\.v-h\.weight are not finite"):
        ask(graph)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"betas": -3}, "must rise from 0 to 1, or be a number of steps"),
        ({"betas": 1.5}, "betas is 1.5"),
        ({"betas": True}, "betas is True"),
        ({"betas": 10**15}, "a ladder of 1000000000000000 steps need"),
        ({"betas": torch.tensor([0.0, torch.nan, 1.0])}, "must rise from 0 to 1"),
        ({"betas": torch.tensor([])}, "must rise from 0 to 1"),
        ({"betas": [0, 1]}, "a list; a whole number or a Tensor"),
        ({"chains": 0}, "chains is 0"),
        ({"chains": 10**12}, "a state of 1000000000000 rows and 7 units needs"),
        ({"base": {"x": torch.zeros(4)}}, "no group"),
        ({"base": {"v": torch.zeros(5)}}, r"shape \(1, 5\)"),
        ({"base": {"v": torch.full((4,), torch.nan)}}, "not all values are finite"),
        ({"hold": {"x": torch.zeros(1, 4)}}, "no group"),
        ({"hold": {"v": torch.zeros(1, 4), "h": torch.zeros(1, 3)}}, "leave at least one free"),
        ({"source": 3}, "source is 3; a Generator"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, words):
    with pytest.raises((TypeError, ValueError), match=words):
        ais(rbm(4, 3), **({"betas": 3, "chains": 3} | settings))


def test_every_estimate_from_one_chain_has_an_infinite_error_and_is_doubted():
    graph = rbm(4, 3, std=0.5)
    found = [
        ais(graph, betas=3, chains=1, source=generator(0)),
        reverse_ais(graph, exact.draw(graph, 1, source=generator(0)), betas=3),
        OnlineLogZ(graph, chains=1, betas=3, source=generator(0)).estimate(),
        OnlineLogZ(graph, chains=1, betas=3, source=generator(0))(),
    ]
    for estimate in found:
        assert float(estimate.stderr) == math.inf
        assert math.isfinite(estimate.log_z)
        (finding,) = doubtful_estimate(estimate)
        assert "1 chain, so its standard error is unknown" in finding.found
    assert not doubtful_estimate(ais(graph, betas=30, chains=50, source=generator(0)))


@pytest.mark.parametrize("rows", [1, 7])
def test_reverse_runs_start_from_equally_many_chains_for_each_row(rows):
    graph = rbm(3, 2)
    starts = {name: torch.zeros(rows, *units.shape) for name, units in graph.units.items()}
    hold = {"v": torch.zeros(2, 3)}
    with pytest.raises(ValueError, match=f"starts has {rows} rows: give the same number"):
        reverse_ais(graph, starts, hold=hold, betas=5)


def test_each_row_of_fields_has_its_own_log_z():
    graph = randomised(rbm(4, 3), 5)
    fields = {"v": torch.randn(3, 4, generator=generator(1)).double()}
    expected = [exact.log_partition(shifted(graph, {"v": f})) for f in fields["v"]]
    view = shifted(graph, fields)
    base = {"v": torch.full((3, 4), 0.4).double()}
    forward = ais(view, betas=100, chains=500, base=base, source=generator(2))
    assert forward.log_weights.shape == (3, 500)
    assert_close(forward.log_z, torch.stack(expected), atol=0.03, rtol=0)
    rows = shifted(graph, {"v": fields["v"].repeat_interleave(500, 0)})
    state = complete(rows, {}, rows=1500, source=generator(3))
    for _ in range(50):
        state, _ = swept(rows, state, source=generator(4))
    reverse = reverse_ais(view, state, betas=100, base=base, source=generator(5))
    assert_close(reverse.log_z, torch.stack(expected), atol=0.05, rtol=0)
    with pytest.raises(ValueError, match="numbers differ"):
        ais(shifted(view, {"h": fields["v"][:2, :3]}), betas=2)
