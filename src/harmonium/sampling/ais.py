r"""Annealed importance sampling: estimates of log Z from below and from above.

A ladder :math:`0 = \beta_0 < \dots < \beta_K = 1` of graphs leads from independent units to the
model (``tempered``). A chain that starts at the first rung has the log-weight

.. math:: \log w = \sum_k F_{k-1}(x_{k-1}) - F_k(x_{k-1}), \qquad \mathrm{E}[w] = Z_K / Z_0

where F is the free energy with as many units summed out as the graph allows. Each term is computed
*before* the chain moves to rung k (Neal, 2001, https://doi.org/10.1023/A:1008923215028;
Salakhutdinov and Murray, 2008, https://doi.org/10.1145/1390156.1390266). By Jensen's inequality
the forward estimate of log Z is too low on average, so a log-likelihood from it is *optimistic*.
Annealing in reverse, from samples of the model (Burda, Grosse and Salakhutdinov, 2015,
https://arxiv.org/abs/1412.8566), gives an estimate that is too high on average.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.ambient import room
from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.graph import Graph, State, View
from harmonium.random import Source
from harmonium.sampling.sweep import complete, swept
from harmonium.sampling.views import clamped, tempered

__all__ = ["Estimate", "ais", "alone", "base_fields", "reverse_ais", "widest"]


@dataclass(frozen=True)
class Estimate:
    """An estimate of log Z; one per row if values are held or totals differ.

    Every tensor is float64: ``()`` or ``(B,)``, the log-weights ``(chains,)`` or ``(B, chains)``.
    """

    log_z: Tensor
    """log Z in nats."""
    stderr: Tensor
    """Standard error of ``log_z``: s.d. of the weights / (mean weight x sqrt(chains)).

    Infinite for a single chain."""
    ess: Tensor
    """Effective sample size of the weights, from 1 to the number of chains."""
    log_weights: Tensor
    """Log-weights of the chains, in nats."""

    def __str__(self) -> str:
        """The mean figures on one line."""
        z, error, ess = (float(t.mean()) for t in (self.log_z, self.stderr, self.ess))
        return (
            f"log Z = {z:.3f} +- {error:.3f} nats (ESS {ess:.0f} of {self.log_weights.shape[-1]})"
        )


def base_fields(graph: Graph, means: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Fields with which unconnected units of the graph have these means, name -> ``(*shape)``.

    Args:
        graph: a machine or view.
        means: name -> ``(*shape)`` or ``(B, *shape)``, such as means of the data and mean hidden
            activities.
    """
    graph.known(means)
    single = {n: m for n, m in means.items() if m.ndim == len(graph.units[n].shape)}
    graph.check({**means, **{n: m[None] for n, m in single.items()}}, finite=True)
    with torch.no_grad():
        return {
            name: graph.units[name].tilt(mean) - graph.units[name].natural()[0]
            for name, mean in means.items()
        }


@checked
def ais(
    graph: Graph,
    *,
    betas: int | Tensor = 1000,
    chains: Count = 100,
    base: Mapping[str, Tensor] | None = None,
    hold: State | None = None,
    source: Source = None,
) -> Estimate:
    """Forward annealed importance sampling.

    Args:
        graph: a machine or view; totals of Multinomial units must be bound. With several totals,
            ``graph.given(v=lengths)``, there is one log Z for each; likewise with several fields,
            ``shifted(graph, {"v": (B, *shape)})``.
        betas: the ladder, rising from 0 to 1, or the number of its steps.
        chains: independent runs (per row, with ``hold``, several totals or fields).
        base: means of the independent units at beta = 0, by group; give the means of the data. A
            group left out starts from its own bias. With ``hold`` or several fields they may
            differ between rows, ``(B, *shape)``: give those of ``mean_field``.
        hold: name -> ``(B, *shape)``: estimate log Z of the other groups given these values, one
            per row. This is the unnormalised log-probability of the values.
        source: random generator.

    Raises:
        ValueError: the ladder does not rise from 0 to 1, or the graph cannot be normalised.
    """
    ladder = _ladder(betas)
    graph, several = _each_row(graph, hold, chains=chains)
    graph, rows = _held(graph, hold, chains=chains)
    rows, per_row = max(rows, several), hold is not None or several > 0
    extra = base_fields(graph, _per_chain(graph, base or {}, chains=chains))
    start = complete(tempered(graph, 0.0, base=extra), {}, rows=rows * chains, source=source)
    log_w, log_z0 = _run(graph, start, ladder=ladder, extra=extra, source=source)
    return _estimate(log_w, log_z0, shape=(rows, chains), per_row=per_row, sign=1)


@checked
def reverse_ais(
    graph: Graph,
    starts: State,
    *,
    betas: int | Tensor = 1000,
    base: Mapping[str, Tensor] | None = None,
    hold: State | None = None,
    source: Source = None,
) -> Estimate:
    """Reverse annealed importance sampling; its estimate of log Z is too high on average.

    Args:
        graph: as in ``ais``.
        starts: samples of the model, name -> ``(chains, *shape)``: exact samples, or chains that
            are assumed to be at equilibrium. With ``hold``, samples given each row's values,
            ``(B * chains, *shape)``, the chains of a row next to each other. With several totals
            or fields likewise.
        betas: as in ``ais``.
        base: as in ``ais``.
        hold: as in ``ais``.
        source: random generator.

    Raises:
        ValueError: as in ``ais``, or ``starts`` lacks a group or has a wrong number of rows.
    """
    ladder = _ladder(betas)
    graph.check(starts, needed=set(graph.units) - set(hold or {}), finite=True)
    rows = 1 if hold is None else len(next(iter(hold.values())))
    _, several = _each_row(graph, hold, chains=1)
    chains, left = divmod(len(next(iter(starts.values()))), max(rows, several))
    if left or not chains:
        raise UsageError(
            f"starts has {len(next(iter(starts.values())))} rows: give the same number of chains "
            f"for each of {max(rows, several)} rows"
        )
    graph, _ = _each_row(graph, hold, chains=chains)
    graph, rows = _held(graph, hold, chains=chains)
    rows, per_row = max(rows, several), hold is not None or several > 0
    extra = base_fields(graph, _per_chain(graph, base or {}, chains=chains))
    starts = {name: starts[name] for name in graph.units}
    log_w, log_z0 = _run(graph, starts, ladder=ladder.flip(0), extra=extra, source=source)
    return _estimate(log_w, log_z0, shape=(rows, chains), per_row=per_row, sign=-1)


_RISE = "betas must rise from 0 to 1, or be a number of steps of at least 1"


def _ladder(betas: int | Tensor) -> Tensor:
    if isinstance(betas, Tensor):
        ladder = betas
    else:
        if betas < 1:
            raise UsageError(_RISE)
        room(betas, f"a ladder of {betas} steps", size=8)
        ladder = torch.linspace(0, 1, betas + 1, dtype=torch.float32)
    ladder = ladder.double().reshape(-1)
    rises = len(ladder) >= 2 and bool((ladder.diff() > 0).all())
    if not rises or ladder[0] != 0 or ladder[-1] != 1:
        raise UsageError(_RISE)
    return ladder


def _held(graph: Graph, hold: State | None, *, chains: int) -> tuple[Graph, int]:
    rows = 1
    if hold is not None:
        graph.check(hold)
        if not hold or set(hold) == set(graph.units):
            raise UsageError(
                f"hold has groups {[*hold]} of {[*graph.units]}: hold at least one and leave at "
                "least one free (graph.energy needs no estimate)"
            )
        values = {name: x.repeat_interleave(chains, 0) for name, x in hold.items()}
        graph, rows = clamped(graph, values), len(next(iter(hold.values())))
    graph.check_proper()
    return graph, rows


def _each_row(graph: Graph, hold: State | None, *, chains: int) -> tuple[Graph, int]:
    """The graph with lengths and fields of every row repeated for its chains; number of rows.

    The number is 0 if no group has a length or a field for each row.
    """
    context = {n: u.context for n, u in graph.units.items() if u.context is not None}
    several = {
        n: c.reshape(-1) for n, c in context.items() if c.numel() > 1 and n not in (hold or {})
    }
    fields = {
        n: f for n, f in graph.extras.items() if f.ndim > len(graph.units[n].shape) and len(f) > 1
    }
    counts = {len(c) for c in (*several.values(), *fields.values())}
    if hold is not None and counts:
        counts.add(len(next(iter(hold.values()))))
    if len(counts) > 1:
        raise UsageError(
            f"rows have lengths or fields of groups {[*several, *fields]}, and their numbers "
            f"differ, {sorted(counts)}: give one for each row"
        )
    bound = {n: c.repeat_interleave(chains) for n, c in several.items()}
    graph = graph.given(**bound) if bound else graph
    if fields:
        extras = {n: f.repeat_interleave(chains, 0) for n, f in fields.items()}
        graph = View(graph.units, graph.edges, {**graph.extras, **extras}, graph.constant)
    return graph, counts.pop() if counts else 0


def _per_chain(graph: Graph, base: Mapping[str, Tensor], *, chains: int) -> dict[str, Tensor]:
    """The means, repeated for every chain of a row where they differ between rows."""
    graph.known(base)
    return {
        name: x.repeat_interleave(chains, 0) if x.ndim > len(graph.units[name].shape) else x
        for name, x in base.items()
    }


def widest(graph: Graph) -> tuple[str, ...]:
    """The set of groups with the most units that can be summed out together."""
    sizes = {name: units.shape.numel() for name, units in graph.units.items()}
    return max(graph.summable(), key=lambda out: sum(sizes[name] for name in out))


@torch.no_grad()
def _run(
    graph: Graph, state: State, *, ladder: Tensor, extra: Mapping[str, Tensor], source: Source
) -> tuple[Tensor, Tensor]:
    """log w and log Z at beta = 0 for each chain, ``(chains,)``, float64."""
    out = widest(graph)
    rungs = ladder.tolist()
    rows = len(next(iter(state.values())))
    log_w = next(iter(state.values())).new_zeros(rows, dtype=torch.float64)
    hold = dict.fromkeys(out, True)
    for here, there in zip(rungs, rungs[1:], strict=False):
        raw = {name: graph.field(name, state) for name in out}  # computed once for both rungs
        now, then = (tempered(graph, beta, base=extra) for beta in (here, there))
        fields = [_at(beta, raw, extra=extra) for beta in (here, there)]
        before = now.potential(state, out, fields=fields[0])
        log_w += before.double() - then.potential(state, out, fields=fields[1]).double()
        drawn = {name: graph.units[name].sample(fields[1][name], source) for name in out}
        state, _ = swept(then, {**state, **drawn}, hold=hold, source=source)
    log_z0 = alone(graph, tempered(graph, 0.0, base=extra).extras)
    return log_w, log_z0.to(log_w.device).expand(rows)


@torch.no_grad()
def alone(graph: Graph, extra: Mapping[str, Tensor]) -> Tensor:
    """log Z of independent units with these fields in nats, ``(1,)`` or ``(B,)``, float64."""
    parts = (
        u.log_partition(u.bias.new_zeros(1, *u.shape) + extra.get(name, 0.0)).double()
        for name, u in graph.units.items()
    )
    return sum(parts, start=torch.zeros((), dtype=torch.float64))


def _at(
    beta: float, raw: Mapping[str, Tensor], *, extra: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    return {
        name: beta * f + (1 - beta) * extra[name] if name in extra else beta * f
        for name, f in raw.items()
    }


def _estimate(
    log_w: Tensor, log_z0: Tensor, *, shape: tuple[int, int], per_row: bool, sign: int
) -> Estimate:
    log_w, log_z0 = log_w.reshape(shape), log_z0.reshape(shape)[:, 0]
    m = shape[1]
    log_mean = torch.logsumexp(log_w, 1) - math.log(m)
    w = torch.exp(log_w - log_w.max(1, keepdim=True).values)
    spread = w.std(1) / w.mean(1) if m > 1 else torch.full_like(log_mean, torch.inf)
    ess = w.sum(1).square() / w.square().sum(1)
    parts = log_z0 + sign * log_mean, spread / math.sqrt(m), ess, log_w
    return Estimate(*(parts if per_row else [p[0] for p in parts]))
