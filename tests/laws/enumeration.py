"""Sums and integrals over states by brute force, from energies alone: who referees ``exact``."""

import itertools
import math

import numpy as np
import torch

NODES, WEIGHTS = (torch.from_numpy(a) for a in np.polynomial.legendre.leggauss(50))
STEP, REACH = 0.75, 8.7
"""Of the trapezoid rule on a Gaussian, in standard deviations: exact to 1e-15."""


def energy_by_hand(graph, state):
    """E(x), written out term by term."""
    total = torch.as_tensor(graph.constant)
    for name, units in graph.units.items():
        x = state[name]
        for theta, t in zip(units.natural(), units.statistics(x), strict=True):
            total = total - (theta * t).flatten(1).sum(1)
        total = total - units.log_base(x)
        if name in graph.extras:
            total = total - (graph.extras[name] * x).flatten(1).sum(1)
    for e in graph.edges:
        total = total + e.scale * e.connection.energy(state[e.source], state[e.target])
    return total


def points(units, field):
    """States of a group and their log-weights in an integral: ``(B, S, *shape)``, ``(B, S)``.

    Countable groups: every state, weight 1. Continuous ones: a product of rules for each unit,
    laid out around where the field (which decides nothing else) says that the mass is.
    """
    if units.count() is not None:
        states = units.states()
        rows = len(field)
        return states.expand(rows, *states.shape), field.new_zeros(rows, len(states))
    at, log_w = _nodes(units, field)
    n = at.shape[-1]
    picks = torch.tensor(list(itertools.product(range(n), repeat=at.shape[1])))
    unit = torch.arange(at.shape[1])
    x = at[:, unit, picks]  # (B, S, units)
    return x.unflatten(2, units.shape), log_w[:, unit, picks].sum(2)


def _nodes(units, field):
    """Nodes and log-weights of one-dimensional rules, ``(B, units, n)`` each."""
    bias, *rest = (t.detach().expand(units.shape) for t in units.natural())
    t = (bias + field.detach()).flatten(1)[..., None]
    family = type(units).__name__
    if family == "Poisson":
        rate = float(t.exp().max())
        x = torch.arange(int(rate + 12 * rate**0.5) + 30, dtype=field.dtype)
        return x.expand(*t.shape[:2], -1), torch.zeros(*t.shape[:2], len(x), dtype=field.dtype)
    if family == "DReLU":
        kink, right, left = (r.flatten()[:, None] for r in rest)
        x, log_w = _half_line((kink + t) / right, right.rsqrt().expand_as(t))
        y, log_v = _half_line((kink - t) / left, left.rsqrt().expand_as(t))
        return torch.cat([x, -y], -1), torch.cat([log_w, log_v], -1)
    precision = rest[0].flatten()[:, None]
    location, width = t / precision, precision.rsqrt().expand_as(t)
    if family == "Gaussian":
        grid = torch.arange(-REACH, REACH + STEP, STEP, dtype=field.dtype)
        x = location + width * grid
        return x, (width * STEP).log().expand_as(x)
    return _half_line(location, width)


def _half_line(location, width):
    """Legendre's rule from zero, or from where the mass begins, to where it ends."""
    steep = (-location / width).clamp(min=1)  # the decay at zero is that of exp(-steep x / width)
    end = torch.where(location > 0, location + 9 * width, 38 * width / steep)
    end = torch.minimum(end, location.clamp(min=0) + 9 * width)
    begin = (location - 9 * width).clamp(min=0)
    half = (end - begin) / 2
    return begin + half * (NODES + 1), (half * WEIGHTS).log()


def summed(build, state, out):
    """-log of the sum of exp(-E) over the groups ``out``, ``(B,)``.

    ``build(k)`` is the graph whose per-row parts are repeated k times in a row.
    """
    one = build(1)
    grids = [points(one.units[name], _placing(one, name, state)) for name in out]
    kept = {name: state[name] for name in one.units if name not in out}
    rows = max(len(x) for x in (*kept.values(), *(w for _, w in grids), *_by_row(one)))
    sizes = [w.shape[1] for _, w in grids]
    total = math.prod(sizes)
    picks = torch.tensor(list(itertools.product(*map(range, sizes)))).long().T
    full = {name: x.repeat_interleave(total, 0) for name, x in kept.items()}
    log_w = torch.zeros(rows, total, dtype=torch.float64)
    for name, (x, w), pick in zip(out, grids, picks, strict=True):
        full[name] = x[:, pick].expand(rows, *[-1] * (x.ndim - 1)).flatten(0, 1)
        log_w = log_w + w[:, pick]
    energy = energy_by_hand(build(total), full).detach().reshape(-1, total)
    return -torch.logsumexp(log_w - energy, 1)


def _by_row(graph):
    """What the graph holds one of per row."""
    scales = (graph.constant, *(e.scale for e in graph.edges))
    yield from (s for s in scales if isinstance(s, torch.Tensor) and s.ndim)
    yield from (x for n, x in graph.extras.items() if x.ndim > len(graph.units[n].shape))


def _placing(graph, name, state):
    """A field to lay quadrature points by; states that can be listed need none."""
    if graph.units[name].growth == "finite":
        return torch.zeros(1, *graph.units[name].shape, dtype=torch.float64)
    return graph.field(name, state)


def counted(graph, state):
    """How often each joint state occurs, ``(S,)``, in the order of ``exact.distribution``."""
    joint, total = 0, 1
    for name, units in graph.units.items():
        states = units.states().flatten(1)
        key = _key(states, states)
        place = torch.full((int(key.max()) + 1,), -1, dtype=torch.long)
        place[key.long()] = torch.arange(len(states))
        here = place[_key(state[name].flatten(1), states).long()]
        assert int(here.min()) >= 0, f"{name}: not a state of the group"
        joint, total = joint * len(states) + here, total * len(states)
    return torch.bincount(joint, minlength=total)


def _key(x, states):
    """A whole number that tells the states apart: their values as digits."""
    low = states.min()
    base = float(states.max() - low) + 1
    return (x - low.to(x)) @ (base ** torch.arange(x.shape[1])).to(x)
