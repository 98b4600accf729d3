"""Everything that must obey the laws, by name; each entry makes a fresh specimen in float64.

Parameters are random and seeded, not trivial. Graphs are small enough to enumerate, so that
``exact`` referees all of them; those of real units joined with each other are kept apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from harmonium.connections import Chain, Convolution, Dense, Lateral, Masked, Replicated, SumPool
from harmonium.graph import EnergyGraph, Graph
from harmonium.learning import doubled
from harmonium.machines import (
    BeliefNet,
    ConditionalRBM,
    RecurrentTemporalRBM,
    belief_net,
    boltzmann,
    classification_rbm,
    convolutional_belief_net,
    convolutional_rbm,
    dbm,
    hopfield,
    modern_hopfield,
    multimodal_dbm,
    over_replicated_softmax,
    potts,
    rbm,
    replicated_softmax,
)
from harmonium.random import generator
from harmonium.sampling.views import annealed, clamped, scaled, shifted, tempered
from harmonium.units import (
    Bernoulli,
    Binomial,
    Categorical,
    DReLU,
    Gaussian,
    MaxPooled,
    Multinomial,
    Poisson,
    Rectified,
    Spin,
)
from tests.laws.specimens import ROWS, Affine, dtype_of, numbers, random_state, randomised

# --- unit families ---------------------------------------------------------------------------


def _units(make, seed, *, std=0.6, rows=None, lengths=None, **shift):
    """Random units; ``shift`` moves parameters by name, ``rows`` takes some of the units."""

    def build():
        units = randomised(make(), seed, std=std)
        for name, by in shift.items():
            with torch.no_grad():
                units.get_parameter(name).add_(by)
        if lengths is not None:
            units = units.given(torch.tensor(lengths))
        return units if rows is None else units.at(torch.tensor(rows))

    return build


UNITS = {
    "bernoulli": _units(lambda: Bernoulli(3), 1),
    "bernoulli-2d": _units(lambda: Bernoulli(2, 3), 2),
    "bernoulli-tied": _units(lambda: Bernoulli(2, 2, tied=(1,)), 3),
    "bernoulli-saturated": _units(lambda: Bernoulli(3), 4, std=6.0),
    "bernoulli-part": _units(lambda: Bernoulli(2, 3), 5, rows=[4, 1, 3]),
    "spin": _units(lambda: Spin(3), 6),
    "spin-tied": _units(lambda: Spin(2, 2, tied=(0,)), 7),
    "spin-saturated": _units(lambda: Spin(3), 8, std=3.0),
    "spin-part": _units(lambda: Spin(2, 3), 9, rows=[5, 0]),
    "gaussian": _units(lambda: Gaussian(2), 10),
    "gaussian-tied": _units(lambda: Gaussian(2, 2, tied=(0,)), 11),
    "gaussian-narrow": _units(lambda: Gaussian(2), 12, log_precision=6.0),
    "gaussian-wide": _units(lambda: Gaussian(2), 13, log_precision=-6.0),
    "gaussian-fixed": _units(lambda: Gaussian(2, precision=2.5), 15),
    "gaussian-part": _units(lambda: Gaussian(2, 2), 14, rows=[3, 1]),
    "categorical": _units(lambda: Categorical(4), 15),
    "categorical-sites": _units(lambda: Categorical(2, 3), 16),
    "categorical-2d": _units(lambda: Categorical(2, 2, 3), 17),
    "categorical-tied": _units(lambda: Categorical(2, 3, tied=(0,)), 18),
    "categorical-saturated": _units(lambda: Categorical(2, 3), 19, std=5.0),
    "categorical-part": _units(lambda: Categorical(2, 2, 3), 20, rows=[3, 1]),
    "multinomial": _units(lambda: Multinomial(3), 21, lengths=[5.0]),
    "multinomial-skewed": _units(lambda: Multinomial(4), 22, std=4.0, lengths=[6.0]),
    "multinomial-lengths": _units(lambda: Multinomial(3), 23, lengths=[0.0, 1.0, 4.0, 9.0]),
    "rectified": _units(lambda: Rectified(2), 24),
    "rectified-tied": _units(lambda: Rectified(2, 2, tied=(0,)), 25),
    "rectified-negative": _units(lambda: Rectified(2), 26, bias=-5.0),
    "rectified-very-negative": _units(lambda: Rectified(2), 27, bias=-40.0),
    "rectified-very-positive": _units(lambda: Rectified(2), 28, bias=30.0),
    "rectified-narrow": _units(lambda: Rectified(2), 29, log_precision=6.0),
    "rectified-wide": _units(lambda: Rectified(2), 30, log_precision=-6.0),
    "rectified-part": _units(lambda: Rectified(2, 2), 31, rows=[2, 1]),
    "poisson": _units(lambda: Poisson(2), 32),
    "poisson-tied": _units(lambda: Poisson(1, 2, tied=(1,)), 33),
    "poisson-rare": _units(lambda: Poisson(2), 34, bias=-3.0),
    "poisson-many": _units(lambda: Poisson(2), 35, bias=3.0),
    "poisson-part": _units(lambda: Poisson(2, 2), 36, rows=[3, 0]),
    "binomial": _units(lambda: Binomial(3, trials=3), 37),
    "binomial-coin": _units(lambda: Binomial(3, trials=1), 38),
    "binomial-tied": _units(lambda: Binomial(2, 2, trials=4, tied=(0,)), 39),
    "binomial-saturated": _units(lambda: Binomial(2, trials=5), 40, std=6.0),
    "binomial-part": _units(lambda: Binomial(2, 3, trials=2), 41, rows=[4, 1]),
    "max-pooled": _units(lambda: MaxPooled(1, 2, 4), 42),
    "max-pooled-maps": _units(lambda: MaxPooled(2, 2, 2), 43),
    "max-pooled-tied": _units(lambda: MaxPooled(2, 2, 4, tied=(1, 2)), 44),
    "max-pooled-wide": _units(lambda: MaxPooled(1, 3, 3, pool=3), 45),
    "max-pooled-alone": _units(lambda: MaxPooled(1, 2, 3, pool=1), 46),
    "max-pooled-saturated": _units(lambda: MaxPooled(1, 2, 2), 47, std=6.0),
    "max-pooled-part": _units(lambda: MaxPooled(3, 2, 2), 48, rows=[2, 0]),
    "drelu": _units(lambda: DReLU(2), 49),
    "drelu-tied": _units(lambda: DReLU(2, 2, tied=(0,)), 50),
    "drelu-two-modes": _units(lambda: DReLU(2), 51, kink=4.0),
    "drelu-sparse": _units(lambda: DReLU(2), 52, kink=-6.0),
    "drelu-lopsided": _units(lambda: DReLU(2), 53, log_right=4.0, log_left=-2.0),
    "drelu-part": _units(lambda: DReLU(2, 2), 54, rows=[2, 1]),
}


def _table(targets, sources):
    """A mask without two of every five connections."""
    return (torch.arange(targets * sources) % 5 < 3).reshape(targets, sources)


def _pooling(source, target, **settings):
    """Sum-pooling, then a convolution: the upper edge of max-pooled maps."""
    middle = source[0], source[1] // 2, source[2] // 2
    return Chain([SumPool(source, middle), Convolution(middle, target, **settings)])


# --- connections -----------------------------------------------------------------------------

CONNECTIONS = {
    "dense": lambda: randomised(Dense((3,), (4,)), 1),
    "dense-wide": lambda: randomised(Dense((2,), (5,)), 2),
    "dense-shaped": lambda: randomised(Dense((2, 3), (2, 2, 2)), 3),
    "replicated": lambda: randomised(Replicated((3,), (4,)), 7),
    "replicated-shaped": lambda: randomised(Replicated((2, 3), (2, 2)), 8),
    "lateral": lambda: randomised(Lateral((4,)), 4),
    "lateral-shaped": lambda: randomised(Lateral((2, 3)), 5),
    "affine": lambda: randomised(Affine((3,), (2, 2)), 6),
    "masked": lambda: randomised(Masked((3,), (4,), mask=_table(4, 3)), 7),
    "convolution": lambda: randomised(Convolution((1, 3, 4), (2, 2, 3), kernel=2), 8),
    "convolution-channels": lambda: randomised(
        Convolution((3, 4, 4), (2, 3, 2), kernel=(2, 3)), 9
    ),
    "convolution-steps": lambda: randomised(
        Convolution((2, 6, 5), (2, 3, 3), kernel=2, stride=2, padding=1, dilation=2), 10
    ),
    "sum-pool": lambda: SumPool((2, 4, 2), (2, 2, 1)),
    "sum-pool-wide": lambda: SumPool((1, 3, 6), (1, 1, 2), pool=3),
    "chain": lambda: randomised(_pooling((2, 4, 4), (3, 1, 2), kernel=(2, 1)), 11),
    "chain-behind": lambda: randomised(
        Chain([Convolution((1, 5, 5), (2, 4, 4), kernel=2), SumPool((2, 4, 4), (2, 2, 2))]), 12
    ),
}

# --- graphs ----------------------------------------------------------------------------------


def _graph(units, wires, *, seed, std=0.7):
    """A random graph; two groups are joined by ``Dense``, one with itself by ``Lateral``."""

    def build(dtype=torch.float64) -> Graph:
        groups = units()
        joined = {}
        for a, b in wires:
            joined[a, b] = (
                Lateral(groups[a].shape) if a == b else Dense(groups[a].shape, groups[b].shape)
            )
        return randomised(EnergyGraph(groups, joined), seed, std=std).to(dtype)

    return build


def _made(make, *, seed, std=0.7):
    """What a function of ``harmonium.machines`` makes, with random parameters."""

    def build(dtype=torch.float64) -> Graph:
        return randomised(make(), seed, std=std).to(dtype)

    return build


def _rbm(visible, hidden, *, seed, std=0.7, lengths=None):
    def build(dtype=torch.float64) -> Graph:
        graph = randomised(rbm(visible(), hidden()), seed, std=std).to(dtype)
        if lengths is None:
            return graph
        return graph.given(**{name: torch.tensor(n) for name, n in lengths.items()})

    return build


def _documents(length):
    """A replicated softmax of documents of one length; its frozen hidden bias stays zero."""

    def build(dtype=torch.float64) -> Graph:
        graph = randomised(replicated_softmax(3, 3), 84, std=0.5)
        torch.nn.init.zeros_(graph.units["h"].bias)
        return graph.to(dtype).given(v=torch.tensor(float(length)))

    return build


def _over(length):
    """An over-replicated softmax with two latent words, of documents of one length."""

    def build(dtype=torch.float64) -> Graph:
        graph = randomised(over_replicated_softmax(3, 2, latent=2), 85, std=0.5)
        torch.nn.init.zeros_(graph.units["h"].bias)
        return graph.to(dtype).given(v=torch.tensor(float(length)))

    return build


def _affine(dtype=torch.float64):
    units = {"v": Bernoulli(3), "h": Spin(2), "top": Bernoulli(2)}
    wires = {("v", "h"): Affine((3,), (2,)), ("h", "top"): Dense((2,), (2,))}
    return randomised(EnergyGraph(units, wires), 71, std=0.7).to(dtype)


def _wired(units, connection, *, seed, std=0.7):
    """Two groups that a connection joins."""

    def build(dtype=torch.float64) -> Graph:
        (v, h), edge = units(), connection()
        graph = EnergyGraph({"v": v, "h": h}, {("v", "h"): edge})
        return randomised(graph, seed, std=std).to(dtype)

    return build


GRAPHS = {
    "rbm": _rbm(lambda: 4, lambda: 3, seed=41),
    "rbm-shaped": _rbm(lambda: Bernoulli(2, 2, tied=(1,)), lambda: Bernoulli(3, 1), seed=42),
    "rbm-spin": _rbm(lambda: Spin(4), lambda: 3, seed=43),
    "rbm-categorical": _rbm(lambda: Categorical(2, 3), lambda: 3, seed=44),
    "rbm-multinomial": _rbm(lambda: Multinomial(3), lambda: 3, seed=45, lengths={"v": [4.0]}),
    "replicated-softmax": _documents(4),
    "replicated-softmax-empty": _documents(0),
    "replicated-softmax-one-word": _documents(1),
    "replicated-softmax-long": _documents(9),
    "over-replicated-softmax": _over(2),
    "over-replicated-softmax-empty": _over(0),
    "rbm-gaussian": _rbm(lambda: Gaussian(2), lambda: 3, seed=46),
    "rbm-rectified": _rbm(lambda: Rectified(2), lambda: 3, seed=47),
    "rbm-to-spin": _rbm(lambda: 4, lambda: Spin(3), seed=48),
    "rbm-to-categorical": _rbm(lambda: 4, lambda: Categorical(2, 3), seed=49),
    "rbm-to-multinomial": _rbm(lambda: 3, lambda: Multinomial(3), seed=50, lengths={"h": [3.0]}),
    "rbm-to-gaussian": _rbm(lambda: 4, lambda: Gaussian(2), seed=51),
    "rbm-to-rectified": _rbm(lambda: 4, lambda: Rectified(2), seed=52),
    "rbm-poisson": _rbm(lambda: Poisson(2), lambda: 3, seed=53),
    "rbm-to-poisson": _rbm(lambda: 4, lambda: Poisson(2), seed=54, std=0.3),
    "rbm-binomial": _rbm(lambda: Binomial(2, trials=3), lambda: 3, seed=55),
    "rbm-to-binomial": _rbm(lambda: 3, lambda: Binomial(2, trials=2), seed=56),
    "rbm-drelu": _rbm(lambda: DReLU(2), lambda: 3, seed=57),
    "rbm-to-drelu": _rbm(lambda: 4, lambda: DReLU(2), seed=58),
    "masked": _wired(
        lambda: (Bernoulli(4), Bernoulli(3)),
        lambda: Masked((4,), (3,), mask=_table(3, 4)),
        seed=59,
    ),
    "convolutional": _made(
        lambda: convolutional_rbm((1, 3, 3), 2, kernel=2, pool=2), seed=60, std=0.6
    ),
    "convolutional-gaussian": _made(
        lambda: convolutional_rbm(Gaussian(1, 1, 3, tied=(1, 2)), 2, kernel=(1, 2), pool=1),
        seed=84,
        std=0.5,
    ),
    "pooled": _wired(
        lambda: (MaxPooled(1, 4, 2, tied=(1, 2)), Bernoulli(2, 1, 1)),
        lambda: _pooling((1, 4, 2), (2, 1, 1), kernel=(2, 1)),
        seed=85,
    ),
    "summed": _wired(
        lambda: (Bernoulli(1, 2, 2), Spin(1, 1, 1)), lambda: SumPool((1, 2, 2), (1, 1, 1)), seed=86
    ),
    "deep": _graph(
        lambda: {"v": Bernoulli(3), "h1": Bernoulli(2), "h2": Bernoulli(2)},
        [("v", "h1"), ("h1", "h2")],
        seed=61,
    ),
    "deeper": _graph(
        lambda: {"v": Spin(2), "h1": Bernoulli(2), "h2": Bernoulli(2), "h3": Categorical(3)},
        [("v", "h1"), ("h1", "h2"), ("h3", "h2")],
        seed=62,
    ),
    "gaussian-top": _graph(
        lambda: {"v": Bernoulli(2), "h": Bernoulli(3), "top": Gaussian(2)},
        [("v", "h"), ("h", "top")],
        seed=63,
    ),
    "boltzmann": _graph(lambda: {"x": Bernoulli(6)}, [("x", "x")], seed=64),
    "boltzmann-spin": _graph(lambda: {"x": Spin(2, 2)}, [("x", "x")], seed=65),
    "semi-restricted": _graph(
        lambda: {"v": Bernoulli(2, 2), "h": Bernoulli(3)}, [("v", "v"), ("v", "h")], seed=66
    ),
    "triangle": _graph(
        lambda: {"a": Bernoulli(2), "b": Bernoulli(2), "c": Bernoulli(2)},
        [("a", "b"), ("b", "c"), ("a", "c")],
        seed=67,
        std=1.0,
    ),
    "stranger": _graph(
        lambda: {"v": Bernoulli(3), "alone": Spin(2), "h": Bernoulli(2)}, [("v", "h")], seed=68
    ),
    "affine": _affine,
    "hopfield": _made(lambda: hopfield(5), seed=72),
    "encoder": _made(lambda: boltzmann([2, 2], 2), seed=74),
    "boltzmann-hidden": _made(lambda: boltzmann(Spin(3), 3), seed=75),
    "classifier": _made(lambda: classification_rbm(3, 2, classes=3), seed=76),
    "dbm": _made(lambda: dbm(4, 3, 2), seed=77),
    "dbm-four": _made(lambda: dbm(Spin(2), 2, Categorical(3), 2), seed=78),
    "potts": _made(lambda: potts(torch.zeros(2, 3), torch.zeros(2, 3, 2, 3)), seed=86, std=0.4),
    "multimodal": _made(
        lambda: multimodal_dbm({"picture": [3, 2], "words": [Spin(2)]}, 2), seed=84
    ),
    "multimodal-deep": _made(
        lambda: multimodal_dbm({"a": [2, 2, 1], "b": [2, 2], "c": [Categorical(3)]}, 2), seed=85
    ),
    "modern-hopfield": _made(lambda: modern_hopfield(torch.randn(3, 2)), seed=73),
}
"""Name -> function of a type (float64 unless told); both types have the same parameters."""


TIED = {
    "doubled-bottom": _made(lambda: doubled(dbm(3, 2, 2))[0], seed=79),
    "doubled-middle": _made(lambda: doubled(dbm(2, 2, 2, 2))[1], seed=80),
    "doubled-top": _made(lambda: doubled(dbm(2, 3, 2))[1], seed=83),
}
"""Groups that share their units, edges that share their connection."""

GRAPHS |= TIED


def _narrow(graph, dtype):
    """Precisions large enough for the weights between real groups."""
    with torch.no_grad():
        for units in graph.units.values():
            units.log_precision.add_(0.7)
    graph.check_normalisable()
    return graph.to(dtype)


def _gaussian_pair(dtype=torch.float64):
    return _narrow(randomised(rbm(Gaussian(3), Gaussian(2)), 81, std=0.4), dtype)


def _gaussian_lateral(dtype=torch.float64):
    graph = EnergyGraph({"x": Gaussian(3)}, {("x", "x"): Lateral((3,))})
    return _narrow(randomised(graph, 82, std=0.5), dtype)


JOINTLY_GAUSSIAN = {"gaussian-pair": _gaussian_pair, "gaussian-lateral": _gaussian_lateral}
"""Not to be enumerated, but known in closed form: N(P^-1 b, P^-1)."""

# --- views -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ViewCase:
    """``build(graph, k)`` makes the view; per-row parts (of ROWS rows) stand k times in a row."""

    function: str
    build: Callable[[Graph, int], Graph]
    per_row: bool = False


def _per_row(graph, k, *values):
    return torch.tensor(values, dtype=dtype_of(graph)).repeat_interleave(k)


def _extra(graph, *, seed, k=None):
    """Random fields on every group; with k one per row."""
    shape = () if k is None else (ROWS,)
    fields = {
        name: numbers(*shape, *u.shape, seed=seed + i).to(dtype_of(graph))
        for i, (name, u) in enumerate(graph.units.items())
    }
    return fields if k is None else {n: f.repeat_interleave(k, 0) for n, f in fields.items()}


def _held(graph, names, *, k):
    state = random_state(graph, seed=7)
    return {name: state[name].repeat_interleave(k, 0) for name in names}


def _scales(graph, value):
    return {(e.source, e.target): value + i for i, e in enumerate(graph.edges)}


BETAS = (0.0, 0.3, 0.8, 1.0)

VIEWS = {
    "tempered": ViewCase("tempered", lambda g, k: tempered(g, 0.6)),
    "tempered-to-nothing": ViewCase("tempered", lambda g, k: tempered(g, 0.0)),
    "tempered-by-row": ViewCase(
        "tempered", lambda g, k: tempered(g, _per_row(g, k, *BETAS)), per_row=True
    ),
    "tempered-from-base": ViewCase(
        "tempered", lambda g, k: tempered(g, 0.4, base=_extra(g, seed=91))
    ),
    "tempered-from-base-by-row": ViewCase(
        "tempered",
        lambda g, k: tempered(g, _per_row(g, k, *BETAS), base=_extra(g, seed=92)),
        per_row=True,
    ),
    "annealed": ViewCase("annealed", lambda g, k: annealed(g, 1.4)),
    "annealed-by-row": ViewCase(
        "annealed", lambda g, k: annealed(g, _per_row(g, k, 0.2, 0.7, 1.0, 1.6)), per_row=True
    ),
    "scaled": ViewCase("scaled", lambda g, k: scaled(g, _scales(g, 0.5))),
    "scaled-by-row": ViewCase(
        "scaled",
        lambda g, k: scaled(g, _scales(g, _per_row(g, k, 2.0, 0.5, -1.0, 0.0))),
        per_row=True,
    ),
    "shifted": ViewCase("shifted", lambda g, k: shifted(g, _extra(g, seed=93))),
    "shifted-by-row": ViewCase(
        "shifted", lambda g, k: shifted(g, _extra(g, seed=94, k=k)), per_row=True
    ),
    "clamped-first": ViewCase(
        "clamped", lambda g, k: clamped(g, _held(g, [*g.units][:1], k=k)), per_row=True
    ),
    "clamped-rest": ViewCase(
        "clamped", lambda g, k: clamped(g, _held(g, [*g.units][:-1], k=k)), per_row=True
    ),
    "clamped-last": ViewCase(
        "clamped", lambda g, k: clamped(g, _held(g, [*g.units][-1:], k=k)), per_row=True
    ),
    "shifted-tempered": ViewCase(
        "shifted",
        lambda g, k: shifted(tempered(g, 0.7, base=_extra(g, seed=95)), _extra(g, seed=96)),
    ),
    "tempered-shifted": ViewCase(
        "tempered", lambda g, k: tempered(shifted(g, _extra(g, seed=97)), 0.5)
    ),
    "clamped-shifted": ViewCase(
        "clamped",
        lambda g, k: clamped(shifted(g, _extra(g, seed=98)), _held(g, [*g.units][:1], k=k)),
        per_row=True,
    ),
    "tempered-clamped": ViewCase(
        "tempered",
        lambda g, k: tempered(clamped(g, _held(g, [*g.units][:1], k=k)), 0.5),
        per_row=True,
    ),
}

# --- directed nets ---------------------------------------------------------------------------


def _net(*units, seed, classes=None, untied=False):
    def build() -> BeliefNet:
        net = belief_net(*(u if isinstance(u, int) else u() for u in units), classes=classes)
        return randomised(net.untie() if untied else net, seed, std=1.0)

    return build


def _stack(make, *, seed):
    def build() -> BeliefNet:
        return randomised(make(), seed, std=0.7)

    return build


BELIEF_NETS = {
    "one": _net(4, 3, seed=101),
    "two": _net(4, 3, 2, seed=102),
    "three": _net(3, 3, 2, 2, seed=103),
    "four": _net(3, 2, 3, 2, 2, seed=106),
    "spins": _net(lambda: Spin(3), 2, lambda: Spin(2, 1), seed=104),
    "letters": _net(lambda: Categorical(2, 3), lambda: Categorical(3), 2, seed=105),
    "untied": _net(3, 3, 2, 2, seed=107, untied=True),
    "convolutional": _stack(
        lambda: convolutional_belief_net((1, 3, 3), [1, 2], kernels=[2, 1], pools=[2, 1]), seed=110
    ),
    "labelled": _net(3, 2, 2, seed=108, classes=3),
    "labelled-untied": _net(3, 2, 3, 2, seed=109, classes=2, untied=True),
}


def _temporal(kind: Any, *, seed: int, **settings: Any) -> Callable[..., Any]:
    """A maker of a small machine of series in float64, far from zero."""

    def make() -> Any:
        machine = kind(2, 3, values="binary", **settings).double()
        source = generator(seed)
        with torch.no_grad():
            for p in machine.parameters():
                p.copy_(torch.randn(p.shape, generator=source, dtype=torch.float64))
        return machine

    return make


TEMPORAL = {
    "conditional": _temporal(ConditionalRBM, lags=2, seed=120),
    "recurrent": _temporal(RecurrentTemporalRBM, seed=121),
    "recurrent-lags": _temporal(RecurrentTemporalRBM, lags=2, seed=122),
}
"""Machines of binary series: name -> maker."""

MACHINES = {
    "rbm": GRAPHS["rbm"],
    "hopfield": GRAPHS["hopfield"],
    "boltzmann": GRAPHS["encoder"],
    "classification_rbm": GRAPHS["classifier"],
    "convolutional_belief_net": BELIEF_NETS["convolutional"],
    "convolutional_rbm": GRAPHS["convolutional"],
    "dbm": GRAPHS["dbm"],
    "multimodal_dbm": GRAPHS["multimodal"],
    "potts": GRAPHS["potts"],
    "modern_hopfield": GRAPHS["modern-hopfield"],
    "over_replicated_softmax": lambda: randomised(over_replicated_softmax(3, 2, latent=2), 85),
    "replicated_softmax": lambda: randomised(replicated_softmax(3, 3), 84),
    "belief_net": BELIEF_NETS["two"],
    "BeliefNet": BELIEF_NETS["three"],
    "ConditionalRBM": TEMPORAL["conditional"],
    "RecurrentTemporalRBM": TEMPORAL["recurrent"],
}
"""Each public name of harmonium.machines -> a specimen of what it makes."""
