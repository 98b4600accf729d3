import torch

from harmonium.random import generator
from harmonium.sampling.chains import run, start
from harmonium.sampling.rules import mode
from harmonium.sampling.sweep import sweep
from tests.laws.registry import GRAPHS


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
