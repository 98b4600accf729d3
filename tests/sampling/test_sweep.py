import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, Dense, EnergyGraph, Lateral, Spin, rbm
from harmonium.graph import View
from harmonium.random import generator
from harmonium.sampling import complete, mean, mode, shifted, sweep
from tests.laws.registry import GRAPHS
from tests.laws.specimens import random_state


@pytest.fixture
def line():
    """a - b - c of one unit each; every unit copies the one that it hears."""
    units = {"a": Spin(1), "b": Spin(1), "c": Spin(1)}
    wires = {("a", "b"): Dense((1,), (1,)), ("b", "c"): Dense((1,), (1,))}
    graph = EnergyGraph(units, wires)
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(1.0)
        graph.edges[1].connection.weight.fill_(0.1)
    return graph


def ones(*signs):
    return {name: torch.full((1, 1), float(s)) for name, s in zip("abc", signs, strict=False)}


def values(state):
    return [float(x) for x in state.values()]


# --- order -------------------------------------------------------------------------------------


def test_groups_hear_the_newest_values(line):
    """a follows b's old value, b then a's new one, c b's: from old values b would become +1."""
    state, _ = sweep(line, ones(1, -1, 1), rule=mode)
    assert values(state) == [-1, -1, -1]


def test_nothing_of_the_given_state_changes():
    for name in ("triangle", "boltzmann"):
        graph = GRAPHS[name]()
        state = random_state(graph)
        before = {n: x.clone() for n, x in state.items()}
        moved, _ = sweep(graph, state, source=generator(1))
        assert all(torch.equal(state[n], before[n]) for n in state)
        assert not all(torch.equal(state[n], moved[n]) for n in state)


def test_the_fields_are_those_that_groups_moved_from():
    graph = GRAPHS["deep"]()
    state = random_state(graph)
    moved, fields = sweep(graph, state, source=generator(2))
    assert list(fields) == ["v", "h1", "h2"]
    assert_close(fields["v"], graph.field("v", state).detach())
    half = {**state, "v": moved["v"]}
    assert_close(fields["h1"], graph.field("h1", half).detach())
    assert_close(fields["h2"], graph.field("h2", moved).detach())
    assert not fields["h2"].requires_grad


def test_the_draws_come_from_the_source():
    graph = GRAPHS["semi-restricted"]()
    state = random_state(graph)
    first, again, other = (sweep(graph, state, source=generator(s))[0] for s in (1, 1, 2))
    assert all(torch.equal(first[n], again[n]) for n in state)
    assert not all(torch.equal(first[n], other[n]) for n in state)


# --- hold --------------------------------------------------------------------------------------


def test_a_held_group_is_neither_moved_nor_asked(line):
    state, fields = sweep(line, ones(1, -1, 1), rule=mode, hold={"a": True, "c": False})
    assert values(state) == [1, 1, 1]
    assert set(fields) == {"b", "c"}


def test_a_mask_holds_units_and_takes_the_field():
    graph = GRAPHS["rbm"]().float()
    state = {"v": torch.zeros(500, 4), "h": torch.zeros(500, 3)}
    mask = torch.tensor([True, False, True, False])
    moved, fields = sweep(graph, state, hold={"v": mask}, source=generator(1))
    assert set(fields) == {"h"}
    assert moved["v"].sum(0)[mask].tolist() == [0, 0]
    assert float(moved["v"].sum(0)[~mask].min()) > 0


def test_a_mask_by_row_of_a_self_wired_group():
    graph = GRAPHS["boltzmann"]().float()
    state = {"x": torch.full((600, 6), 1.0)}
    mask = torch.eye(6).bool().repeat(100, 1)
    moved, fields = sweep(graph, state, hold={"x": mask}, source=generator(1))
    assert fields == {}
    assert bool((moved["x"][mask] == 1).all())
    assert float(moved["x"][~mask].min()) == 0


def test_the_mean_rule_respects_masks(line):
    held = {"b": torch.tensor([True])}
    state, _ = sweep(line, ones(0.5, 0.3, 0.1), rule=mean, hold=held)
    assert values(state) == pytest.approx([0.29131, 0.3, 0.029991], rel=1e-4)


# --- self-wired groups -------------------------------------------------------------------------


def test_a_block_hears_the_blocks_before_it():
    """A ring of copies: one sweep carries the first unit's new value all the way."""
    graph = EnergyGraph({"x": Spin(4)}, {("x", "x"): Lateral((4,))})
    with torch.no_grad():
        graph.edges[0].connection.weight.zero_()
        graph.edges[0].connection.weight[[1, 2, 3], [0, 1, 2]] = torch.tensor([3.0, 2.0, 1.0])
    state, _ = sweep(graph, {"x": torch.tensor([[1.0, -1.0, 1.0, 1.0]])}, rule=mode)
    assert state["x"].tolist() == [[-1.0, -1.0, -1.0, -1.0]]


@pytest.mark.parametrize("name", ["boltzmann", "boltzmann-spin", "semi-restricted", "deeper"])
def test_recall_never_climbs(name):
    """Under the rule ``mode`` no sweep raises the energy, and then it stands still."""
    graph = GRAPHS[name]()
    state = random_state(graph)
    energies = [graph.energy(state).detach()]
    for _ in range(10):
        state, _ = sweep(graph, state, rule=mode)
        energies.append(graph.energy(state).detach())
    assert all(bool((b <= a + 1e-12).all()) for a, b in zip(energies, energies[1:], strict=False))
    assert torch.equal(energies[-1], energies[-2])
    assert not torch.equal(energies[0], energies[-1])


def test_mean_field_is_the_fixed_point():
    graph = GRAPHS["deep"]()
    state = random_state(graph)
    for _ in range(200):
        state, _ = sweep(graph, state, rule=mean, hold={"v": True})
    for name in ("h1", "h2"):
        field = graph.field(name, state)
        assert_close(state[name], graph.units[name].mean(field).detach())


# --- complete ----------------------------------------------------------------------------------


def test_hidden_groups_are_completed_from_their_neighbours():
    graph = rbm(3, 2, std=1.0)
    v = torch.ones(5, 3)
    state = complete(graph, {"v": v}, rule=mean)
    assert state["v"] is v
    assert_close(state["h"], graph.units["h"].mean(graph.field("h", {"v": v})).detach())


def test_groups_whose_neighbours_are_missing_start_alone():
    graph = GRAPHS["deep"]()
    state = complete(graph, {"v": torch.ones(5, 3).double()}, rule=mean)
    alone = torch.sigmoid(graph.units["h1"].bias).expand(5, 2)
    assert_close(state["h1"], alone.detach())
    heard = graph.units["h2"].mean(graph.field("h2", state))
    assert_close(state["h2"], heard.detach())


def test_an_empty_state_needs_its_number_of_rows():
    graph = GRAPHS["semi-restricted"]()
    state = complete(graph, {}, rows=7, source=generator(1))
    assert {n: tuple(x.shape) for n, x in state.items()} == {"v": (7, 2, 2), "h": (7, 3)}
    assert state["v"].dtype == torch.float64


def test_extra_fields_reach_groups_that_start_alone():
    graph = EnergyGraph({"a": Bernoulli(2), "b": Bernoulli(1)}, {})
    extra = torch.tensor([1.0, -2.0])
    state = complete(shifted(graph, {"a": extra}), {}, rows=3, rule=mean)
    assert_close(state["a"], torch.sigmoid(extra).expand(3, 2))
    assert isinstance(shifted(graph, {"a": extra}), View)


@pytest.mark.parametrize("by_row", [False, True])
def test_a_mask_that_cuts_a_one_hot_unit_is_refused(by_row):
    graph = GRAPHS["rbm-categorical"]()
    state = random_state(graph)
    mask = torch.zeros(2, 3, dtype=torch.bool)
    mask[1] = True
    sweep(graph, state, hold={"v": mask.expand(4, 2, 3) if by_row else mask})
    mask[0, 2] = True
    with pytest.raises(ValueError, match=r"group 'v': the mask cuts a Categorical unit"):
        sweep(graph, state, hold={"v": mask.expand(4, 2, 3) if by_row else mask})
