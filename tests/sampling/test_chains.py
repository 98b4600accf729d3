import torch

from harmonium import exact
from harmonium.machines import hopfield
from harmonium.random import generator
from harmonium.sampling.chains import anneal, run, start
from harmonium.sampling.recall import recall
from harmonium.sampling.rules import mode
from harmonium.sampling.sweep import sweep
from tests.laws import judge
from tests.laws.enumeration import counted
from tests.laws.registry import GRAPHS
from tests.laws.specimens import randomised


def test_chains_start_from_what_is_seen():
    graph = GRAPHS["deep"]()
    v = torch.ones(6, 3, dtype=torch.float64)
    state = start(graph, 6, seen={"v": v}, source=generator(1))
    assert state["v"] is v
    assert {n: len(x) for n, x in state.items()} == {"v": 6, "h1": 6, "h2": 6}
    fresh = start(graph, 6, source=generator(1))
    assert not torch.equal(fresh["v"], v)


def test_a_run_is_sweep_after_sweep():
    graph = GRAPHS["semi-restricted"]()
    state = start(graph, 6, source=generator(1))
    source, by_hand = generator(2), state
    for _ in range(3):
        by_hand, _ = sweep(graph, by_hand, source=source)
    at_once = run(graph, state, sweeps=3, source=generator(2))
    assert all(torch.equal(at_once[n], by_hand[n]) for n in state)
    assert run(graph, state, sweeps=0) is state


def test_a_run_in_two_parts_is_the_same_run():
    graph, source = GRAPHS["deep"](), generator(2)
    state = start(graph, 6, source=generator(1))
    half = run(graph, state, sweeps=2, source=source)
    whole = run(graph, state, sweeps=5, source=generator(2))
    parts = run(graph, half, sweeps=3, source=source)
    assert all(torch.equal(whole[n], parts[n]) for n in state)


def test_a_run_holds_and_follows_its_rule():
    graph = GRAPHS["deep"]()
    state = start(graph, 6, source=generator(1))
    recalled = run(graph, state, sweeps=20, rule=mode, hold={"v": True})
    assert recalled["v"] is state["v"]
    again = run(graph, recalled, sweeps=1, rule=mode, hold={"v": True})
    assert all(torch.equal(again[n], recalled[n]) for n in state)


def test_annealing_samples_the_graph_at_the_last_temperature():
    """From far off, by a schedule that ends at 1: every state as often as it should occur."""
    graph = GRAPHS["boltzmann-spin"]()
    far = {"x": torch.ones(40_000, 2, 2, dtype=torch.float64)}
    found = anneal(graph, far, betas=[0.2, 0.5] + 8 * [1.0], source=generator(1))
    z = judge.chi_square(counted(graph, found), exact.distribution(graph)[1])
    assert abs(z) < judge.LIMIT


def test_slow_cooling_finds_the_lowest_energy_where_recall_is_caught():
    graph = randomised(hopfield(12), 3, std=1.0)
    lowest = float(graph.energy(exact.distribution(graph)[0]).detach().min())
    far = start(graph, 200, source=generator(2))
    cooled = anneal(graph, far, betas=torch.linspace(0.05, 2, 80).tolist(), source=generator(3))
    cooled = recall(graph, cooled)
    quenched = recall(graph, far)
    share = [float((r.energies[-1] < lowest + 1e-9).double().mean()) for r in (cooled, quenched)]
    assert share[0] > 0.85 > 0.75 > share[1]


def test_annealing_holds():
    graph = GRAPHS["deep"]()
    state = start(graph, 6, source=generator(1))
    assert anneal(graph, state, betas=[0.5, 1.0], hold={"v": True})["v"] is state["v"]
