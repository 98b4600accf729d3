import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, Dense, EnergyGraph, Lateral, Spin
from harmonium.random import generator
from harmonium.sampling import blockwise as module
from harmonium.sampling.blockwise import blockwise
from harmonium.sampling.views import tempered
from tests.laws.registry import VIEWS
from tests.laws.specimens import ROWS, random_state, randomised


def graph(seed=1):
    units = {"x": Bernoulli(3, 5), "y": Spin(2)}
    wires = {("x", "x"): Lateral((3, 5)), ("y", "x"): Dense((2,), (3, 5))}
    return randomised(EnergyGraph(units, wires), seed, std=1.0)


def one_by_one(graph, state):
    """Unit after unit, each asked anew: E[x | field] takes the place of the value."""
    x = state["x"].flatten(1).clone()
    for i in range(15):
        rows = torch.tensor([i])
        now = {**state, "x": x.unflatten(1, (3, 5))}
        x[:, rows] = graph.units["x"].at(rows).mean(graph.field("x", now, rows=rows)).detach()
    return x.unflatten(1, (3, 5))


@pytest.fixture(params=[64, 4, 1])
def chunk(request, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", request.param)


@pytest.mark.parametrize("view", [None, "tempered-by-row", "shifted-by-row", "scaled-by-row"])
@torch.no_grad()
def test_every_unit_hears_those_before_it(view, chunk):
    g = graph() if view is None else VIEWS[view].build(graph(), 1)
    state = random_state(graph())
    found = blockwise(g, "x", state=state, draw=lambda units, field: units.mean(field))
    assert_close(found, one_by_one(g, state))


@torch.no_grad()
def test_a_mask_keeps_units_and_their_say(chunk):
    g, state = graph(), random_state(graph())
    mask = torch.rand(ROWS, 3, 5, generator=generator(2)) < 0.5
    draw = lambda units, field: units.mean(field)  # noqa: E731
    found = blockwise(g, "x", state=state, draw=draw, mask=mask)
    assert torch.equal(found[mask], state["x"][mask])
    by_hand = state["x"].flatten(1).clone()
    for i in range(15):
        rows = torch.tensor([i])
        now = {**state, "x": by_hand.unflatten(1, (3, 5))}
        new = g.units["x"].at(rows).mean(g.field("x", now, rows=rows))
        by_hand[:, rows] = torch.where(mask.flatten(1)[:, rows], by_hand[:, rows], new)
    assert_close(found, by_hand.unflatten(1, (3, 5)))


@torch.no_grad()
def test_the_given_state_is_left_alone():
    g, state = graph(), random_state(graph())
    before = state["x"].clone()
    blockwise(tempered(g, 0.5), "x", state=state, draw=lambda units, field: 1 - field)
    assert torch.equal(state["x"], before)
