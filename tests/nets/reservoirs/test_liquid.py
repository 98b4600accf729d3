"""Liquid state machines: one neuron in closed form, many by hand, wiring, separation."""

import copy
import math

import pytest
import torch

from harmonium.nets.reservoirs import Liquid
from harmonium.nets.reservoirs.liquid import MEMBRANE, REFRACTORY, SYNAPSE, TRACE, connected
from harmonium.random import generator, normal, seeded


def drawn(*shape, seed=1):
    return normal(torch.zeros(shape, dtype=torch.float64), generator(seed))


def liquid(hidden, **settings):
    with seeded(0):
        return Liquid(2, hidden, **settings).double()


@pytest.mark.parametrize("current", [1.05, 1.5, 3.0, 10.0])
def test_one_neuron_fires_at_the_rate_of_the_closed_form(current):
    r"""1 / (t_ref + tau log(I / (I - 1))), to the millisecond of a step."""
    made = liquid(1, bias=current)
    (times,) = made.spikes(torch.zeros(1, 60, 2, dtype=torch.float64))[0, :, 0].nonzero(
        as_tuple=True
    )
    gaps = times.diff()
    assert (gaps == gaps[0]).all()
    period = REFRACTORY + MEMBRANE * math.log(current / (current - 1))
    assert period <= int(gaps[0]) < period + 1
    assert len(times) == (600 + REFRACTORY) // int(gaps[0])


def test_one_neuron_is_silent_below_its_threshold():
    made = liquid(1, bias=0.99)
    assert not made.spikes(torch.zeros(1, 60, 2, dtype=torch.float64)).any()
    assert not made(torch.zeros(1, 60, 2, dtype=torch.float64))[0].any()


def by_hand(made, x):
    """Spikes and filtered spikes at the end of every frame, neuron by neuron."""
    n, w = made.hidden, made.recurrent_weight.tolist()
    v, s, h, rest, spikes, traces = [0.0] * n, [0.0] * n, [0.0] * n, [0] * n, [], []
    for frame in x.tolist():
        for _ in range(made.steps):
            fired = []
            for k in range(n):
                own = made.input_weight[k].tolist()
                current = made.bias + s[k] + sum(a * b for a, b in zip(own, frame, strict=True))
                keep = math.exp(-1 / MEMBRANE)
                v[k] = 0.0 if rest[k] > 0 else keep * v[k] + (1 - keep) * current
                fired.append(v[k] >= 1)
                rest[k] = REFRACTORY if fired[k] else rest[k] - 1
                v[k] = 0.0 if fired[k] else v[k]
            for k in range(n):
                heard = sum(w[k][j] for j in range(n) if fired[j])
                s[k] = math.exp(-1 / SYNAPSE) * s[k] + heard
                keep = math.exp(-1 / TRACE)
                h[k] = keep * h[k] + (1 - keep) * fired[k]
            spikes.append(fired)
        traces.append(list(h))
    return torch.tensor(spikes).double(), torch.tensor(traces, dtype=torch.float64)


def test_many_neurons_are_those_of_the_formula():
    made, x = liquid(15, scale=6.0, strength=3.0), drawn(8, 2)
    spikes, traces = by_hand(made, x)
    assert 20 < spikes.sum() < 600
    assert torch.equal(made.spikes(x[None])[0], spikes)
    torch.testing.assert_close(made(x[None])[0][0], traces)
    deaf = liquid(15, scale=6.0, strength=0.0)
    assert not torch.equal(deaf.spikes(x[None])[0], spikes)  # they hear each other


def test_one_neuron_in_five_inhibits_and_near_ones_are_connected_more_often():
    with seeded(0):
        made = Liquid(2, 270)
    weight = made.recurrent_weight
    signs = torch.stack([weight.amin(0) < 0, weight.amax(0) > 0])
    assert not signs.all(0).any()  # no neuron excites some and inhibits others
    assert int((weight.amin(0) < 0).sum()) == 54
    place = torch.arange(270)
    places = torch.stack([place % 3, place // 3 % 3, place // 9], 1).float()
    p = connected(places, weight.amin(0) < 0)
    count, expected = float((weight != 0).sum()), float(p.sum())
    assert abs(count - expected) < 4 * float((p * (1 - p)).sum().sqrt())
    near = torch.cdist(places, places) < 1.5
    assert (weight != 0)[near].float().mean() > 5 * (weight != 0)[~near].float().mean()
    assert ((made.input_weight != 0).sum(0) == 81).all()  # 30 % of the neurons


def test_states_are_farther_apart_the_farther_the_inputs_are():
    """The separation property (Maass, Natschläger and Markram, 2002, figure 2)."""
    made, x, other = liquid(100), drawn(20, 12, 2), drawn(20, 12, 2, seed=2)
    start = made(x)[0][:, -1]
    gaps = [(made(x + d * other)[0][:, -1] - start).norm(dim=1).mean() for d in (0, 0.1, 0.4, 1.6)]
    assert gaps[0] == 0
    assert 0 < 1.2 * gaps[1] < gaps[2] < gaps[3] / 1.2


def test_settings_make_the_same_liquid_again():
    made, x = liquid(20, steps=4), drawn(3, 9, 2)
    again = Liquid(**copy.deepcopy(made.settings)).double()
    again.load_state_dict(made.state_dict())
    assert torch.equal(again(x)[0], made(x)[0])
    assert made.spikes(x).shape == (3, 36, 20)
