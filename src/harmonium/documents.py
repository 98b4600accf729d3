r"""Likelihoods of documents, which have one log-partition function for each length.

The length n of a document is a context of the machine, so log Z is a function of n. It is
estimated for several lengths at once by annealed importance sampling, forward, which is too low on
average, and in reverse from chains, which is too high on average if they are at equilibrium.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from harmonium.data import Rows
from harmonium.graph import EnergyGraph, Graph, State
from harmonium.likelihood import Ladder
from harmonium.random import Source, generator
from harmonium.sampling import exact, mean_field
from harmonium.sampling.ais import ais, reverse_ais
from harmonium.sampling.lengths import of_lengths
from harmonium.sampling.sweep import complete, swept

__all__ = ["log_partitions", "log_words"]

_BASE = 1000
"""Training rows whose mean hidden activities annealing starts from."""

_AT_ONCE = 1000
"""Chains that run together."""


@torch.no_grad()
def log_partitions(
    graph: Graph,
    seen: State,
    *,
    ladder: Ladder,
    base: Mapping[str, Tensor] | None = None,
    source: Source = None,
) -> tuple[Tensor, Tensor]:
    """log Z for the length of each document, forward and reverse, ``(N,)`` each, float64.

    Every length is estimated once. A machine that can be enumerated in seconds is: both results
    are then equal. The chains of the reverse runs start from documents whose lengths are nearest,
    and are swept from there.

    Args:
        graph: a machine whose group in ``seen`` takes a length.
        seen: name -> counts of the documents, ``(N, D)``, one group.
        ladder: settings of annealed importance sampling; its chains run for every length.
        base: means of the independent units that annealing starts from, by group.
        source: random generator.
    """
    ((name, counts),) = seen.items()
    lengths, place = counts.sum(1).unique(return_inverse=True)
    if exact.quick(graph.given(**{name: lengths.max()})):
        return (exact.log_partitions(graph, lengths, name=name)[place],) * 2
    ordered = counts[counts.sum(1).argsort(stable=True)]
    forward, reverse = [], []
    for some in lengths.split(max(1, _AT_ONCE // ladder.chains)):
        bound = graph.given(**{name: some})
        common: Any = {"betas": ladder.betas, "base": base, "source": source}
        forward.append(ais(bound, chains=ladder.chains, **common).log_z.reshape(-1))
        starts = _nearest(ordered, some, chains=ladder.chains)
        documents = {name: starts}
        longer = bound.given(**{name: some.repeat_interleave(ladder.chains)})
        state = complete(of_lengths(graph, documents), documents, source=source)
        for _ in range(
            max(1, ladder.sweeps)
        ):  # the first one gives the documents their new lengths
            state, _ = swept(longer, state, source=source)
        reverse.append(reverse_ais(bound, state, **common).log_z.reshape(-1))
    return torch.cat(forward)[place], torch.cat(reverse)[place]


def _nearest(ordered: Tensor, lengths: Tensor, *, chains: int) -> Tensor:
    """For each length the documents of nearest rank, ``(lengths * chains, D)``."""
    of = ordered.sum(1).contiguous()
    middle = torch.searchsorted(of, lengths.contiguous())
    first = (middle - chains // 2).clamp(0, max(0, len(of) - chains))
    rows = first[:, None] + torch.arange(chains, device=of.device)
    return ordered[rows.flatten() % len(of)]


@torch.no_grad()
def log_words(
    graph: EnergyGraph, counts: Tensor, *, train: Rows, ladder: Ladder
) -> dict[str, Tensor]:
    """log p of the words of documents in their order, from both sides: "forward", "reverse".

    The multinomial coefficient, which makes it a probability of counts, is left out. Each is
    ``(N,)``, nats, float64. If hidden groups are connected, the probability of the document up to
    log Z is itself estimated, by annealing of the hidden groups (forward on both sides).

    Args:
        graph: its group "v" holds counts.
        counts: documents, ``(N, D)``, none of them empty.
        train: training rows; annealing starts from their mean frequencies.
        ladder: settings of annealed importance sampling.
    """
    v = counts.to(graph.units["v"].bias)
    source = generator(ladder.seed, v.device)
    seen = train[:_BASE].to(v)
    data = mean_field(of_lengths(graph, {"v": seen}), {"v": seen}, tolerance=1e-2, cap=10)
    base = {name: data.moments(graph, name)[0].mean(0) for name in graph.units}
    sides = log_partitions(
        graph,
        {"v": v},
        ladder=ladder,
        base=base,
        source=source,
    )
    coefficient = graph.units["v"].log_base(v).double()
    hidden = tuple(name for name in graph.units if name != "v")
    if hidden in graph.summable():
        joint = -of_lengths(graph, {"v": v}).free_energy({"v": v}, hidden).double()
    else:
        joint = _annealed(graph, v, ladder=ladder, source=source)
    forward, reverse = (joint - coefficient - z for z in sides)
    return {"forward": forward, "reverse": reverse}


def _annealed(graph: EnergyGraph, v: Tensor, *, ladder: Ladder, source: torch.Generator) -> Tensor:
    """log p(v) + log Z of every row, by annealing that starts at the mean-field solution."""
    parts = []
    for some in v.split(max(1, _AT_ONCE // ladder.chains)):
        data = mean_field(graph, {"v": some}, tolerance=1e-4, cap=200)
        base = {name: graph.units[name].mean(f) for name, f in data.fields.items()}
        estimate = ais(
            graph,
            betas=ladder.betas,
            chains=ladder.chains,
            base=base,
            hold={"v": some},
            source=source,
        )
        parts.append(estimate.log_z)
    return torch.cat(parts)
