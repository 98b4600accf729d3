import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, rbm
from harmonium.learning import hebb
from harmonium.machines import hopfield
from harmonium.random import generator
from harmonium.sampling import mode, overlap, recall, recall_at_once, sweep, trail
from tests.laws.registry import GRAPHS
from tests.laws.specimens import random_state, randomised


def spins(p, n, *, seed=1):
    return torch.randint(0, 2, (p, n), generator=generator(seed)).double() * 2 - 1


def pair(weight):
    """Two spins."""
    return hopfield(2, weights=torch.tensor([[0.0, weight], [weight, 0.0]]))


@pytest.mark.parametrize(
    "name", ["hopfield", "boltzmann", "deeper", "semi-restricted", "rbm-spin"]
)
def test_unit_by_unit_the_energy_never_rises(name):
    graph = GRAPHS[name]()
    found = recall(graph, random_state(graph))
    assert bool((found.energies.diff(dim=0) <= 1e-12).all())
    assert float(found.energies[0].sum() - found.energies[-1].sum()) > 0
    assert found.period.tolist() == [1] * len(found.period)
    assert_close(found.energies[-1], graph.energy(found.state).detach())
    again, _ = sweep(graph, found.state, rule=mode)
    assert all(torch.equal(again[n], found.state[n]) for n in again)


def test_a_damaged_pattern_is_recalled():
    x = spins(10, 200)
    net = hopfield(200, weights=hebb(x)).double()
    damaged = x.clone()
    damaged[:, :40] *= -1
    found = recall(net, {"x": damaged})
    assert overlap(damaged, x).tolist() == pytest.approx([0.6] * 10)
    assert float(overlap(found.state["x"], x).min()) > 0.98
    assert 2 <= len(found.energies) < 10


def test_too_few_sweeps_say_so():
    x = spins(40, 100)
    net = hopfield(100, weights=hebb(x)).double()
    start = spins(50, 100, seed=2)
    assert recall(net, {"x": start}, sweeps=1).period.tolist() == [0] * 50
    assert recall(net, {"x": start}).period.tolist() == [1] * 50


def test_what_is_held_stays():
    x = spins(3, 50)
    net = hopfield(50, weights=hebb(x)).double()
    start = x[:1].clone()
    start[:, ::3] *= -1
    known = torch.arange(50) % 3 == 0
    found = recall(net, {"x": start}, hold={"x": known}).state["x"]
    assert torch.equal(found[:, known], start[:, known])


def test_groups_left_out_are_completed():
    graph = randomised(rbm(Bernoulli(4), 3), 5)
    found = recall(graph, {"v": torch.ones(2, 4).double()})
    assert found.state["h"].shape == (2, 3)


# --- all at once ---------------------------------------------------------------------------------


def test_two_spins_that_copy_each_other_trade_places_for_ever():
    net = pair(1.0)
    found = recall_at_once(net, {"x": torch.tensor([[1.0, -1.0], [1.0, 1.0]])})
    assert found.period.tolist() == [2, 1]
    assert recall(net, {"x": torch.tensor([[1.0, -1.0]])}).period.tolist() == [1]


def test_at_once_the_energy_may_rise():
    """Both leave their best place because the other one is wrong."""
    net = pair(-1.0)
    with torch.no_grad():
        net.units["x"].bias.copy_(torch.tensor([0.5, 0.5]))
    found = recall_at_once(net, {"x": torch.tensor([[1.0, 1.0], [1.0, -1.0]])}, steps=1)
    assert found.energies[:, 0].tolist() == [0.0, 2.0]
    assert recall(net, {"x": torch.tensor([[1.0, 1.0]])}).energies.diff(dim=0).max() <= 0


def test_symmetric_nets_end_at_rest_or_in_a_two_cycle():
    graph = randomised(hopfield(60), 3)
    found = recall_at_once(graph, {"x": spins(200, 60)}, steps=500)
    assert set(found.period.tolist()) in ({1, 2}, {2})
    (edge,) = graph.edges
    energy_of_two = []
    state = {"x": spins(200, 60)}
    for _ in range(20):
        new = {"x": mode(graph.units["x"], graph.field("x", state))}
        pull = (graph.units["x"].bias * (state["x"] + new["x"])).sum(1)
        energy_of_two.append(-(new["x"] * edge.connection(state["x"])).sum(1) - pull)
        state = new
    assert bool((torch.stack(energy_of_two).diff(dim=0) <= 1e-9).all())


# --- watching ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hopfield", "deeper", "rbm-spin"])
@pytest.mark.parametrize("every", [1, 2])
def test_a_trail_is_the_recall_seen_from_nearer(name, every):
    graph = GRAPHS[name]()
    start = random_state(graph)
    seen, found = trail(graph, start, every=every), recall(graph, start)
    for group, values in seen.items():
        assert torch.equal(values[0], start[group])
        assert torch.equal(values[-1], found.state[group])
    looks = len(next(iter(seen.values())))
    energies = torch.stack(
        [graph.energy({n: x[k] for n, x in seen.items()}).detach() for k in range(looks)]
    )
    assert bool((energies.diff(dim=0) <= 1e-9).all())
    singles = [u.shape[: len(u.shape) - u.unit_axes].numel() for u in graph.units.values()]
    per_sweep = sum(-(-n // every) for n in singles)
    assert (looks - 1) % per_sweep == 0
    assert_close(energies[::per_sweep], found.energies[: len(energies[::per_sweep])])
