"""Each pathology, made for real, earns its finding and a remedy; a healthy run earns none."""

import pytest
import torch

from harmonium import ais, exact, reverse_ais
from harmonium.graph import EnergyGraph
from harmonium.learning import (
    CD,
    PCD,
    Learner,
    examine,
    fit,
    linear_decay,
    positive,
    start_from,
    watch,
)
from harmonium.learning.watch import (
    Limits,
    doubtful_estimate,
    few_updates,
    lagging_chains,
    over_fitting,
    runaway_weights,
    stuck_units,
    unsteady_chains,
)
from harmonium.machines import rbm
from harmonium.random import generator, seeded
from harmonium.sampling.ais import Estimate
from harmonium.sampling.chains import run, start
from harmonium.sampling.diagnose import probe
from harmonium.units import Bernoulli, Categorical, Gaussian, Multinomial, Rectified, Spin
from tests.laws.registry import GRAPHS
from tests.laws.specimens import randomised


def patterns(n, *, seed=0, noise=0.1):
    """Four random patterns of 16 bits, each bit wrong with a probability of .1."""
    source = generator(seed)
    prototypes = (torch.rand(4, 16, generator=generator(99)) < 0.5).float()
    x = prototypes[torch.randint(4, (n,), generator=source)]
    return (x - (torch.rand(n, 16, generator=source) < noise).float()).abs()


def trained(x, *, lr, epochs, hidden=8, contrast=None, decay=True):
    with seeded(0):
        graph = rbm(16, hidden)
    start_from(graph, {"v": x})
    optimiser = torch.optim.SGD(graph.parameters(), lr=lr)
    learner = Learner(graph, optimiser, contrast=contrast or PCD(), source=generator(0))
    updates = epochs * ((len(x) + 49) // 50)
    fit(
        learner.step,
        [{"v": batch} for batch in x.split(50)],
        epochs=epochs,
        schedules=[linear_decay(optimiser, updates)] if decay else [],
    )
    return learner


def kinds(findings):
    assert all(f.found and f.remedy and str(f).startswith(f.kind) for f in findings)
    return {f.kind for f in findings}


def examined(learner, x, **also):
    found = probe(learner.graph, learner.chains, source=generator(5))
    return kinds(examine(learner.graph, {"v": x}, chains=learner.chains, probe=found, **also))


@pytest.fixture(scope="module")
def healthy():
    return trained(patterns(1000), lr=0.2, epochs=15)


def test_a_healthy_run_earns_nothing(healthy):
    graph = healthy.graph
    starts = exact.draw(graph, 100, source=generator(2))
    sides = (
        ais(graph, betas=300, source=generator(1)),
        reverse_ais(graph, starts, betas=300, source=generator(3)),
    )
    validation = {"v": patterns(500, seed=1)}
    assert examined(healthy, patterns(1000), validation=validation, estimates=sides) == set()
    before = exact.log_prob(rbm(16, 8, std=0.0), {"v": patterns(500, seed=1)}).mean()
    learnt = exact.log_prob(graph, validation).mean()
    assert learnt > before + 2  # it did learn something


def test_a_huge_learning_rate():
    learner = trained(patterns(1000), lr=50, epochs=2, decay=False)
    found = examined(learner, patterns(1000))
    assert "runaway weights" in found
    assert any(kind.startswith("chains") for kind in found)  # which way they go is chaos


def test_a_learning_rate_that_ends_in_infinity():
    with seeded(0):
        graph = rbm(Gaussian(16), Gaussian(4))
    optimiser = torch.optim.SGD(graph.parameters(), lr=1e30)
    learner = Learner(graph, optimiser, contrast=CD(), source=generator(0))
    for batch in patterns(200).split(50):
        learner.step({"v": batch})
    found = examine(graph, {"v": patterns(10)})
    assert kinds(found) == {"not finite"}
    assert "v.bias" in found[0].found


@pytest.mark.parametrize(("bias", "kind"), [(-50.0, "dead units"), (50.0, "saturated units")])
def test_a_unit_that_never_changes(healthy, bias, kind):
    graph = rbm(16, 8)
    graph.load_state_dict(healthy.graph.state_dict())
    with torch.no_grad():
        graph.units["h"].bias[3] = bias
    found = examine(graph, {"v": patterns(500)})
    assert kinds(found) == {kind}
    assert "1 of 8" in found[0].found


@pytest.mark.parametrize("family", [Spin, Rectified, lambda n: Categorical(n, 3)])
@pytest.mark.parametrize("bias", [0.0, -60.0])
def test_units_of_any_family_can_be_stuck(family, bias):
    graph = rbm(16, family(4), std=0.1)
    with torch.no_grad():
        graph.units["h"].bias.view(-1)[:1] = bias
        if family not in (Spin, Rectified) and bias:
            graph.units["h"].bias[0, 1] = bias  # one of three states is left
    assert bool(stuck_units(graph, {"v": patterns(200)})) is bool(bias)


def test_real_units_are_never_stuck():
    graph = rbm(16, Gaussian(3), std=0.01)
    with torch.no_grad():
        graph.units["h"].bias.fill_(-50)
    assert stuck_units(graph, {"v": patterns(200)}) == []


def test_frozen_chains():
    """Huge weights: all spins agree, and no sweep changes their minds."""
    graph = rbm(Spin(16), Spin(8))
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(20)
    data = 2 * patterns(200) - 1
    chains = start(graph, 50, seen={"v": data[:50]}, source=generator(1))
    found = probe(graph, run(graph, chains, sweeps=3), source=generator(0))
    assert kinds(examine(graph, {"v": data}, probe=found)) >= {
        "chains frozen",
        "chains disagree",
        "chains slow",
        "runaway weights",
    }


def test_chains_that_never_followed(healthy):
    """Noise instead of chains: its free energy is far above that of the data."""
    noise = start(rbm(16, 8, std=0.0), 100, source=generator(1))
    found = lagging_chains(healthy.graph, {"v": patterns(500)}, chains=noise)
    assert kinds(found) == {"chains lag"}
    assert "above" in found[0].found
    fell = unsteady_chains(probe(healthy.graph, noise, source=generator(0)))
    assert kinds(fell) == {"chains lag"}
    drawn = exact.draw(healthy.graph, 100, source=generator(2))
    assert lagging_chains(healthy.graph, {"v": patterns(500)}, chains=drawn) == []
    assert unsteady_chains(probe(healthy.graph, drawn, source=generator(0))) == []


def test_chains_behind_a_rate_that_is_too_high():
    """Many hidden units at a high rate: the chains are where the model was."""
    learner = trained(patterns(1000), lr=10.0, epochs=1, hidden=64, decay=False)
    found = unsteady_chains(probe(learner.graph, learner.chains, source=generator(0)))
    assert "chains lag" in kinds(found)


def test_fifty_hidden_units_on_twenty_rows():
    few = patterns(20, seed=3)
    learner = trained(few, lr=0.2, epochs=600, hidden=50, contrast=CD())
    validation = {"v": patterns(500, seed=1)}
    found = over_fitting(learner.graph, {"v": few}, validation=validation)
    assert kinds(found) == {"over-fitting"}
    assert "stop early" in found[0].remedy
    again = {"v": patterns(20, seed=4)}  # as few other rows are no evidence
    untrained = rbm(16, 50)
    assert over_fitting(untrained, {"v": few}, validation=again) == []


def test_annealing_with_three_temperatures():
    graph = randomised(rbm(16, 8), 3, std=5.0)
    exactly = exact.draw(graph, 100, source=generator(1))
    hasty = ais(graph, betas=3, source=generator(2)), reverse_ais(graph, exactly, betas=3)
    assert kinds(doubtful_estimate(*hasty)) == {"doubtful log Z"}
    assert kinds(examine(rbm(16, 8), {"v": exactly["v"].float()}, estimates=hasty)) == {
        "doubtful log Z"
    }
    careful = ais(rbm(16, 8), betas=20, chains=50, source=generator(2))
    assert doubtful_estimate(careful) == []


def test_two_sides_that_are_apart_are_told():
    """Effective runs by themselves are no evidence: all of them may sit in one mode."""
    graph = rbm(4, 3, std=0.0)
    good = ais(graph, betas=10, source=generator(0))
    other = type(good)(good.log_z + 5, good.stderr, good.ess, good.log_weights)
    assert doubtful_estimate(good, good) == []
    (found,) = doubtful_estimate(good, other)
    assert "5.0 nats" in found.found


@pytest.mark.parametrize(
    "name", [n for n, make in GRAPHS.items() if isinstance(make(), EnergyGraph)]
)
def test_every_kind_of_machine_can_be_examined(name):
    """Without touching the global source of random numbers, nor the machine."""
    graph = GRAPHS[name]()
    before = {key: value.clone() for key, value in graph.state_dict().items()}
    first = next(iter(graph.units))
    drawn = exact.draw(graph, 200, source=generator(0))
    state = torch.random.get_rng_state()
    chains = exact.draw(graph, 100, source=generator(1))
    found = probe(graph, chains, source=generator(2))
    data = {first: drawn[first]}
    findings = examine(graph, data, validation=data, chains=chains, probe=found)
    assert kinds(findings) <= {"saturated units", "dead units"}  # some are, by chance
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(value, before[key]) for key, value in graph.state_dict().items())


def test_counts_have_weights_to_look_at_too():
    graph = rbm(Multinomial(4), Bernoulli(3), std=100.0)
    assert kinds(runaway_weights(graph)) == {"runaway weights"}
    assert runaway_weights(rbm(Multinomial(4), 3)) == []


def test_weighted_rows_are_repeated_rows(healthy):
    """A phase carries the weights that a machine was fitted to."""
    graph, x = healthy.graph, patterns(60)
    weights = torch.tensor([5.0] * 20 + [1.0] * 40)
    phase = positive(graph, {"v": x}, weights=weights)
    twice = {"v": torch.cat([x, *[x[:20]] * 4])}
    strict = Limits(gap=0.0, z=0.0, still=10.0, overfit=-10.0)
    drawn = exact.draw(graph, 100, source=generator(2))
    for ask in (
        lambda rows: lagging_chains(graph, rows, chains=drawn, limits=strict),
        lambda rows: stuck_units(graph, rows, limits=strict),
        lambda rows: over_fitting(graph, rows, validation=drawn, limits=strict),
    ):
        assert [f.found for f in ask(phase)] == [f.found for f in ask(twice)]
    plain = lagging_chains(graph, {"v": x}, chains=drawn, limits=strict)
    assert plain != lagging_chains(graph, phase, chains=drawn, limits=strict)


def test_limits_can_be_moved(healthy):
    strict = Limits(coupling=1e-3, still=10.0, gap=0.0, z=0.0)
    assert kinds(runaway_weights(healthy.graph, limits=strict)) == {"runaway weights"}
    assert stuck_units(healthy.graph, {"v": patterns(100)}, limits=strict)


@pytest.mark.parametrize("gap", [-5.0, 5.0])
def test_sides_of_log_z_that_are_apart_are_doubtful_whichever_is_higher(gap):
    def estimate(value):
        value, error = torch.tensor([value, 0.01]).double()
        return Estimate(value, error, torch.tensor(100.0).double(), torch.zeros(100).double())

    (found,) = doubtful_estimate(estimate(0.0), estimate(gap))
    assert f"{gap:.1f} nats from the forward" in found.found
    assert doubtful_estimate(estimate(0.0), estimate(0.02)) == []


@torch.no_grad()
def test_the_error_of_weighted_rows_is_that_of_their_weights():
    """One row that holds half of the weight: as if there were four rows, not sixty-four."""
    graph = randomised(rbm(6, 4), 1).float()
    v = (torch.rand(64, 6, generator=generator(1)) < 0.5).float()
    w = torch.ones(64)
    w[0] = 63.0
    data = positive(graph, {"v": v}, weights=w)
    values = graph.free_energy({"v": v}, ("h",)).detach().double()
    p = w.double() / w.sum()
    mean = p @ values
    expected = float((p.square() @ (values - mean).square()).sqrt())
    found = watch._free(graph, data, observed={"v": v})
    assert found.mean == pytest.approx(float(mean), rel=1e-5)
    assert found.error == pytest.approx(expected, rel=1e-4)


def test_learning_that_ended_early_is_found():
    (found,) = few_updates(60)
    assert found.kind == "few updates"
    assert "after 60 updates" in found.found
    assert few_updates(300) == []
    assert few_updates(60, limits=Limits(updates=50)) == []
