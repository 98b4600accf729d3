"""Law 5: the learning gradient from enumerated expectations is that of the enumerated likelihood.

The oracle is autograd of the mean negative log-likelihood, summed state by state. Coordinates
(centring, scaling) are judged by an explicit change of variables, differentiated as such.
"""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.func import functional_call

from harmonium import (
    Bernoulli,
    Binomial,
    Categorical,
    Dense,
    DReLU,
    EnergyGraph,
    Gaussian,
    Lateral,
    Multinomial,
    Poisson,
    Rectified,
    Spin,
    exact,
    rbm,
)
from harmonium.learning import Geometry, Sparsity, doubled, follow, gradient, positive
from harmonium.machines import dbm
from harmonium.sampling import Phase
from tests.laws.registry import GRAPHS, JOINTLY_GAUSSIAN, TIED
from tests.laws.specimens import numbers, random_state, randomised

TOLERANCE = 1e-9

FAMILIES = {
    "bernoulli": lambda: Bernoulli(3),
    "spin": lambda: Spin(3),
    "categorical": lambda: Categorical(2, 3),
    "multinomial": lambda: Multinomial(3),
    "gaussian": lambda: Gaussian(2),
    "rectified": lambda: Rectified(2),
    "drelu": lambda: DReLU(2),
    "poisson": lambda: Poisson(2),
    "binomial": lambda: Binomial(2, trials=2),
}
CONTINUOUS = {"gaussian", "rectified", "drelu", "poisson"}
PAIRS = [(a, b) for a, b in itertools.product(FAMILIES, FAMILIES) if not {a, b} <= CONTINUOUS]


def pair(visible, hidden):
    seed = 200 + 10 * [*FAMILIES].index(visible) + [*FAMILIES].index(hidden)
    graph = randomised(rbm(FAMILIES[visible](), FAMILIES[hidden]()), seed, std=0.7)
    lengths = {"v": 4.0} if visible == "multinomial" else {}
    lengths |= {"h": 3.0} if hidden == "multinomial" else {}
    return graph.given(**{name: torch.tensor([n]) for name, n in lengths.items()})


SPECIMENS = {name: build for name, build in GRAPHS.items()}
SPECIMENS |= {f"{v}-{h}": (lambda v=v, h=h: pair(v, h)) for v, h in PAIRS}
SPECIMENS |= {
    "tied-both": lambda: randomised(
        rbm(Bernoulli(2, 2, tied=(0,)), Categorical(2, 2, tied=(0,))), 301, std=0.7
    ),
    "tied-gaussian": lambda: randomised(rbm(Gaussian(2, 2, tied=(0, 1)), 3), 302, std=0.7),
    "tied-lateral": lambda: randomised(
        EnergyGraph({"x": Bernoulli(2, 2, tied=(1,))}, {("x", "x"): Lateral((2, 2))}), 303, std=0.7
    ),
    "doubled-gaussian": lambda: randomised(doubled(dbm(Gaussian(2), 2, 2))[0], 84, std=0.7),
    "lateral-both": lambda: randomised(
        EnergyGraph(
            {"v": Spin(3), "h": Bernoulli(2)},
            {("v", "v"): Lateral((3,)), ("v", "h"): Dense((3,), (2,)), ("h", "h"): Lateral((2,))},
        ),
        304,
        std=0.7,
    ),
}

# --- the oracle ------------------------------------------------------------------------------


def log_sum(graph, held, *, rows=1):
    """log of the sum of exp(-E) over all groups but the held ones, ``(rows,)``."""
    free = [n for n in graph.units if n not in held]
    listed = [n for n in free if graph.units[n].count() is not None]
    out = [n for n in free if n not in listed]
    sizes = [graph.units[n].count() for n in listed]
    total = math.prod(sizes)
    index = torch.tensor([*itertools.product(*map(range, sizes))], dtype=torch.long)
    state = {
        n: graph.units[n].states().detach()[pick].repeat(rows, *[1] * len(graph.units[n].shape))
        for n, pick in zip(listed, index.reshape(total, len(listed)).T, strict=True)
    }
    state |= {n: x.repeat_interleave(total, 0) for n, x in held.items()}
    return torch.logsumexp(-graph.free_energy(state, out).reshape(rows, -1), 1)


class Likelihood(nn.Module):
    """Batch -> mean negative log-likelihood of its groups, differentiable in named parameters."""

    def __init__(self, graph):
        super().__init__()
        self.graph = [graph]  # not a submodule: its parts are
        self.units = nn.ModuleDict(dict(graph.units))
        self.wires = nn.ModuleList([e.connection for e in graph.edges])

    def forward(self, batch, weights):
        (graph,) = self.graph
        n = len(weights)
        return log_sum(graph, {})[0] - (weights * log_sum(graph, batch, rows=n)).sum()


def parameters(graph):
    """Those that learn: a frozen parameter has no gradient."""
    named = Likelihood(graph).named_parameters()
    return {name: p for name, p in named if p.requires_grad}


def written(graph):
    """What the last call of ``gradient`` left in ``.grad``."""
    return {name: p.grad.clone() for name, p in parameters(graph).items()}


def slopes(graph, batch, weights):
    """The oracle: d(mean NLL) / d(parameter), by name."""
    named = parameters(graph)
    found = torch.autograd.grad(Likelihood(graph)(batch, weights), list(named.values()))
    return dict(zip(named, found, strict=True))


def distance(one, other):
    assert one.keys() == other.keys()
    return max(float((one[name] - other[name]).abs().max()) for name in one)


def uneven(n):
    weights = torch.arange(1.0, n + 1, dtype=torch.float64)
    return weights / weights.sum()


def even(n):
    return torch.full((n,), 1 / n, dtype=torch.float64)


def batch_of(graph, names, *, seed=7):
    state = random_state(graph, seed=seed)
    return {name: state[name] for name in names}


def observed(graph):
    """Every non-empty set of groups that an experiment may have seen."""
    names = list(graph.units)
    return [
        kept
        for size in range(1, len(names) + 1)
        for kept in itertools.combinations(names, size)
        if enough(graph, kept)
    ]


def enough(graph, kept):
    """Whether the groups not seen can be summed: continuous ones must not meet each other."""
    free = {n for n in graph.units if n not in kept and graph.units[n].count() is None}
    return not any(graph.neighbours(n) & free for n in free)


# --- the law ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SPECIMENS)
def test_gradient_of_whatever_was_observed(name):
    graph = SPECIMENS[name]()
    for kept in observed(graph):
        batch = batch_of(graph, kept)
        whole = len(kept) == len(graph.units)
        data = positive(graph, batch) if whole else exact.phase(graph, hold=batch)
        gradient(graph, data, model=exact.phase(graph))
        n = len(batch[kept[0]])
        assert distance(written(graph), slopes(graph, batch, even(n))) < TOLERANCE, kept


@pytest.mark.parametrize("name", SPECIMENS)
def test_gradient_of_weighted_rows(name):
    graph = SPECIMENS[name]()
    first = next(iter(graph.units))
    hidden = {n for n in graph.units if n != first}
    exactly = not any(graph.neighbours(n) & hidden for n in hidden)
    batch = batch_of(graph, [first] if exactly else [*graph.units])
    n = len(batch[first])
    weights = uneven(n)
    data = positive(graph, batch, weights=17 * weights)
    gradient(graph, data, model=exact.phase(graph))
    assert distance(written(graph), slopes(graph, batch, weights)) < TOLERANCE


@pytest.mark.parametrize("name", JOINTLY_GAUSSIAN)
def test_gradient_of_joined_gaussians(name):
    """Nothing to enumerate: log Z is known, and a few weighted points have the right moments."""
    graph = JOINTLY_GAUSSIAN[name]()
    batch = {n: numbers(5, *u.shape, seed=i) for i, (n, u) in enumerate(graph.units.items())}
    precision, bias = energy_matrix(graph)
    covariance = torch.linalg.inv(precision.detach())
    mean = covariance @ bias.detach()
    steps = torch.linalg.cholesky(covariance).mT * len(mean) ** 0.5
    points = mean + torch.cat([steps, -steps])
    sizes = [u.shape.numel() for u in graph.units.values()]
    values = {
        n: x.unflatten(1, u.shape)
        for (n, u), x in zip(graph.units.items(), points.split(sizes, 1), strict=True)
    }
    model = Phase(values, {}, even(len(points)))
    gradient(graph, Phase(batch, {}, uneven(5)), model=model)
    log_z = bias @ torch.linalg.solve(precision, bias) / 2 - torch.logdet(precision) / 2
    named = parameters(graph)
    loss = (uneven(5) * graph.energy(batch)).sum() + log_z
    found = torch.autograd.grad(loss, list(named.values()))
    assert distance(written(graph), dict(zip(named, found, strict=True))) < TOLERANCE


def energy_matrix(graph):
    """P and b of E(x) = x P x / 2 - b x, differentiable, from the energy alone."""
    sizes = [u.shape.numel() for u in graph.units.values()]

    def energy(flat):
        parts = zip(graph.units.items(), flat.split(sizes), strict=True)
        return graph.energy({n: x.reshape(1, *u.shape) for (n, u), x in parts}).sum()

    zero = torch.zeros(sum(sizes), dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(energy(zero), zero, create_graph=True)
    rows = [torch.autograd.grad(s, zero, create_graph=True)[0] for s in slope]
    return torch.stack(rows), -slope


def test_a_second_gradient_replaces_the_first():
    graph = SPECIMENS["rbm"]()
    batch = batch_of(graph, ["v"])
    for _ in range(2):
        gradient(graph, positive(graph, batch), model=exact.phase(graph))
    assert distance(written(graph), slopes(graph, batch, even(4))) < TOLERANCE


# --- coordinates -----------------------------------------------------------------------------


def mean_over(units, x):
    """Of a field ``(*shape)``, what a shared bias can take up: the mean along the tied axes."""
    return x.mean(units.tied, keepdim=True) if units.tied else x


class Both(nn.Module):
    """Either direction of a connection, for ``functional_call``."""

    def __init__(self, connection, *, back=False):
        super().__init__()
        self.connection, self.back = connection, back

    def forward(self, x):
        return self.connection.adjoint(x) if self.back else self.connection(x)


class Coordinates:
    """Scaled, centred ones: W = s W' t, b = s b' - fields of offsets + precision * offset."""

    def __init__(self, graph, geometry):
        self.graph, self.geometry = graph, geometry
        self.scale = {}
        for name, u in graph.units.items():
            held = u.growth == "quadratic" and geometry.scaling
            self.scale[name] = u.theta()[1].detach().sqrt() if held else torch.ones(())

    def weight(self, k):
        """Name of the parameter of an edge, for all parameters and for its connection; or None."""
        names = [name for name, _ in self.graph.edges[k].connection.named_parameters()]
        return (f"wires.{k}.{names[0]}", names[0]) if names else None

    def places(self):
        return [(place[0], k) for k in range(len(self.graph.edges)) if (place := self.weight(k))]

    def stretch(self, k):
        e = self.graph.edges[k]
        ends = (e.target, e.source)
        t, s = (self.scale[n].expand(self.graph.units[n].shape).flatten() for n in ends)
        shape = e.connection.get_parameter(self.weight(k)[1]).shape
        if len(shape) == 4:  # kernels; scales are shared over the places of a map
            t, s = t.reshape(shape[0], -1)[:, :1, None], s.reshape(shape[1], -1)[:, :1]
            return (t * s)[..., None]
        return t[:, None] * s

    def fields(self, name, named):
        """What the other groups send to one when they stand at their offsets."""
        total = torch.zeros(self.graph.units[name].shape, dtype=torch.float64)
        for k, e in enumerate(self.graph.edges):
            own = {
                f"connection.{place}": named[f"wires.{k}.{place}"]
                for place, _ in e.connection.named_parameters()
            }
            if e.target == name:
                ends, x = Both(e.connection), self.geometry.offsets[e.source]
            elif e.source == name:
                ends, x = Both(e.connection, back=True), self.geometry.offsets[e.target]
            else:
                continue
            field, offset = functional_call(ends, own, (torch.stack([x, 0 * x]),))
            total = total + field - offset
        return total

    def rest(self, name, named):
        """What the offsets make of a bias: less the fields they send, plus what holds the mean."""
        units = self.graph.units[name]
        total = -mean_over(units, self.fields(name, named))
        if units.growth == "quadratic":
            centre = mean_over(units, self.geometry.offsets[name])
            total = total + named[f"units.{name}.log_precision"].exp() * centre
        return total

    def plain(self, named):
        """From these coordinates to the graph's own parameters."""
        new = dict(named)
        for place, k in self.places():
            new[place] = named[place] * self.stretch(k)
        for name in self.graph.units:
            b = named[f"units.{name}.bias"] * self.scale[name]
            if self.geometry.offsets:
                b = b + self.rest(name, new)
            new[f"units.{name}.bias"] = b
        return new

    def here(self):
        """The coordinates of the graph as it is."""
        named = {name: p.detach() for name, p in parameters(self.graph).items()}
        new = dict(named)
        for place, k in self.places():
            new[place] = named[place] / self.stretch(k)
        for name in self.graph.units:
            b = named[f"units.{name}.bias"]
            if self.geometry.offsets:
                b = b - self.rest(name, named)
            new[f"units.{name}.bias"] = b / self.scale[name]
        return new


def moved(graph, batch, weights, *, geometry):
    """The oracle: where descent in those coordinates moves the graph's own parameters."""
    there = Coordinates(graph, geometry)
    at = {name: x.requires_grad_() for name, x in there.here().items()}
    loss = functional_call(Likelihood(graph), there.plain(at), (batch, weights))
    found = torch.autograd.grad(loss, list(at.values()))
    back = there.plain(there.here())
    assert distance(back, {n: p.detach() for n, p in parameters(graph).items()}) < 1e-12
    _, direction = torch.autograd.functional.jvp(
        lambda *x: tuple(there.plain(dict(zip(at, x, strict=True))).values()),
        tuple(x.detach() for x in at.values()),
        found,
    )
    return dict(zip(back, direction, strict=True))


def some_offsets(graph):
    return {n: numbers(*u.shape, seed=400 + i) for i, (n, u) in enumerate(graph.units.items())}


GEOMETRIES = {
    "centred": lambda graph: Geometry(some_offsets(graph), scaling=False),
    "scaled": lambda graph: Geometry(scaling=True),
    "both": lambda graph: Geometry(some_offsets(graph), scaling=True),
}


def with_a_scale(name):
    return any(u.growth == "quadratic" for u in SPECIMENS[name]().units.values())


CASES = [
    (n, c)
    for n in SPECIMENS
    for c in GEOMETRIES
    if n not in (*TIED, "doubled-gaussian")
    and not n.startswith(
        ("replicated", "over-replicated")
    )  # tests/machines/test_replicated_softmax.py
    and (c == "centred" or with_a_scale(n))
]


@pytest.mark.parametrize(("name", "coordinates"), CASES)
def test_geometry_is_descent_in_other_coordinates(name, coordinates):
    graph = SPECIMENS[name]()
    geometry = GEOMETRIES[coordinates](graph)
    batch = batch_of(graph, [next(iter(graph.units))])
    data = exact.phase(graph, hold=batch) if len(graph.units) > 1 else positive(graph, batch)
    gradient(graph, data, model=exact.phase(graph), geometry=geometry)
    expected = moved(graph, batch, even(4), geometry=geometry)
    assert distance(written(graph), expected) < TOLERANCE


@pytest.mark.parametrize("name", ["doubled-bottom", "doubled-middle", "doubled-top"])
def test_geometry_of_tied_copies(name):
    """One W, b and c, however many copies: b' = b + m W^T b_h, c' = c + n W b_v with n copies of v
    and m of h, offsets b_v and b_h."""
    graph = SPECIMENS[name]()
    own = {
        "v": numbers(*graph.units["v"].shape, seed=1),
        "h": numbers(*graph.units["h"].shape, seed=2),
    }
    geometry = Geometry({n: own[n[0]] for n in graph.units})
    times = {side: sum(n[0] == side for n in graph.units) for side in "vh"}
    batch = batch_of(graph, [n for n in graph.units if n[0] == "v"])
    batch = {n: batch["v"] for n in batch}
    gradient(graph, exact.phase(graph, hold=batch), model=exact.phase(graph), geometry=geometry)
    direction = written(graph)

    def plain(w, b, c):
        return {
            "wires.0.weight": w,
            "units.v.bias": b - times["h"] * (w.mT @ own["h"]),
            "units.h.bias": c - times["v"] * (w @ own["v"]),
        }

    at = {n: p.detach() for n, p in parameters(graph).items()}
    w = at["wires.0.weight"]
    b = at["units.v.bias"] + times["h"] * (w.mT @ own["h"])
    c = at["units.h.bias"] + times["v"] * (w @ own["v"])
    here = tuple(x.clone().requires_grad_() for x in (w, b, c))
    loss = functional_call(Likelihood(graph), plain(*here), (batch, even(4)))
    found = torch.autograd.grad(loss, here)
    expected = plain(*found)
    assert distance(direction, expected) < TOLERANCE


def converged(graph, batch):
    """The maximum of the likelihood, by a quasi-Newton method on the oracle."""
    loss, weights = Likelihood(graph), even(len(next(iter(batch.values()))))
    optimiser = torch.optim.LBFGS(
        graph.parameters(),
        max_iter=400,
        tolerance_grad=1e-12,
        tolerance_change=0,
        history_size=30,
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimiser.zero_grad()
        value = loss(batch, weights)
        value.backward()
        return value

    optimiser.step(closure)
    return graph


OPTIMA = {
    "dense": lambda: rbm(Bernoulli(3), Bernoulli(1)).double(),
    "lateral": lambda: EnergyGraph({"v": Spin(3)}, {("v", "v"): Lateral((3,))}).double(),
    "tied": lambda: rbm(Bernoulli(3, tied=(0,)), Bernoulli(1)).double(),
}


@pytest.mark.parametrize("name", OPTIMA)
def test_both_gradients_vanish_at_the_optimum_of_the_likelihood(name):
    """Of data that no such model can match, so that the moments of data and model still differ."""
    graph = randomised(OPTIMA[name](), 305)
    rows = torch.tensor(
        [[0, 0, 1], [0, 1, 1], [1, 0, 0], [1, 1, 1], [0, 0, 0], [1, 1, 0], [0, 1, 0.0]]
    )
    rows = torch.cat([rows, rows[:3]]).double()
    batch = {"v": rows if name != "lateral" else 2 * rows - 1}
    converged(graph, batch)
    data, model = positive(graph, batch), exact.phase(graph)
    gradient(graph, data, model=model)
    assert max(float(g.abs().max()) for g in written(graph).values()) < 1e-7
    offsets = follow(graph, data, offsets={}, rate=1.0)
    gradient(graph, data, model=model, geometry=Geometry(offsets))
    assert max(float(g.abs().max()) for g in written(graph).values()) < 1e-7


# --- the law can fail ------------------------------------------------------------------------


def one_sweep_later(graph):
    """The model's phase after one sampled sweep of (v, h) from equilibrium, not one draw left to
    chance: every (old h, new v), with its probability. v was updated from the old h, h from new v.
    """
    before = exact.phase(graph)
    v, h = graph.units["v"].states(), graph.units["h"].states()
    states, p = exact.distribution(graph)
    assert before.weights.sum() == pytest.approx(1)
    p_h = torch.stack([p[(states["h"] == row).all(1)].sum() for row in h])
    old, new = h.repeat_interleave(len(v), 0), v.repeat(len(h), 1)
    given_old = graph.field("v", {"h": old})
    weights = p_h.repeat_interleave(len(v)) * graph.units["v"].log_prob(new, given_old).exp()
    fields = {"v": given_old.detach(), "h": graph.field("h", {"v": new}).detach()}
    return Phase({"v": new, "h": old}, fields, weights.detach())


def test_a_stale_field_is_caught():
    """The mean of v given the *old* h, multiplied with the mean of h given the *new* v."""
    graph = SPECIMENS["rbm"]()
    batch = batch_of(graph, ["v"])
    data, stale = positive(graph, batch), one_sweep_later(graph)
    lawful = replace(stale, fields={"h": stale.fields["h"]})
    gradient(graph, data, model=lawful)
    assert distance(written(graph), slopes(graph, batch, even(4))) < TOLERANCE
    gradient(graph, data, model=stale)
    assert distance(written(graph), slopes(graph, batch, even(4))) > 1e-3


def test_one_divisor_for_data_and_model_is_caught():
    """Both sides summed, then divided by the number of *data* rows: right only if both have as
    many (scikit-learn's BernoulliRBM does so in a short last batch)."""
    graph = SPECIMENS["rbm"]()
    batch = batch_of(graph, ["v"])
    model = exact.phase(graph)
    chains = replace(model, weights=model.weights * 5 / 4)  # 5 chains, 4 rows of data
    gradient(graph, positive(graph, batch), model=chains)
    assert distance(written(graph), slopes(graph, batch, even(4))) > 1e-3


def test_a_flipped_sign_of_the_hidden_offset_is_caught():
    graph = SPECIMENS["rbm"]()
    batch = batch_of(graph, ["v"])
    geometry = Geometry(some_offsets(graph))
    gradient(graph, positive(graph, batch), model=exact.phase(graph), geometry=geometry)
    lawful = written(graph)
    expected = moved(graph, batch, even(4), geometry=geometry)
    assert distance(lawful, expected) < TOLERANCE
    flipped = lawful["units.v.bias"] + 2 * lawful["wires.0.weight"].mT @ geometry.offsets["h"]
    assert distance({**lawful, "units.v.bias": flipped}, expected) > 1e-3


def test_uncentred_biases_are_caught():
    """Rows centred, biases not mapped back: no descent in any coordinates."""
    graph = SPECIMENS["boltzmann"]()
    batch = batch_of(graph, ["x"])
    geometry = Geometry(some_offsets(graph))
    gradient(graph, positive(graph, batch), model=exact.phase(graph))
    plain = written(graph)
    gradient(graph, positive(graph, batch), model=exact.phase(graph), geometry=geometry)
    half = {**written(graph), "units.x.bias": plain["units.x.bias"]}
    assert distance(half, moved(graph, batch, even(4), geometry=geometry)) > 1e-3


def test_a_penalty_is_no_part_of_the_likelihood():
    graph = SPECIMENS["rbm"]()
    batch = batch_of(graph, ["v"])
    gradient(
        graph, positive(graph, batch), model=exact.phase(graph), penalties=[Sparsity(0.1, 0.5)]
    )
    assert distance(written(graph), slopes(graph, batch, even(4))) > 1e-3
