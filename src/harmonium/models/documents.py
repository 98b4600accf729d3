"""A graph of documents as a model: the probability of their words."""

import torch
from torch import Tensor

from harmonium.data import Rows
from harmonium.graph import EnergyGraph
from harmonium.likelihood import Ladder
from harmonium.models.abilities import Batch
from harmonium.models.graph import GraphModel
from harmonium.models.lengths import log_partitions
from harmonium.random import generator
from harmonium.sampling import ais, mean_field, of_lengths

__all__ = ["DocumentModel", "RestrictedDocumentModel", "log_words"]

_BASE = 1000
"""Training rows whose mean hidden activities annealing starts from."""

_AT_ONCE = 1000
"""Chains that run together."""


class DocumentModel(GraphModel):
    """A graph whose group "v" holds counts of words; each length has its own log Z."""

    def log_words(self, counts: Tensor, *, train: Rows, ladder: Ladder) -> dict[str, Tensor]:
        """log p of the words of documents, from both sides; see ``log_words``."""
        return log_words(self.machine, counts, train=train, ladder=ladder)


class RestrictedDocumentModel(DocumentModel):
    """A graph of counts whose hidden groups are not connected."""

    @torch.no_grad()
    def free_energy(self, batch: Batch) -> Tensor:
        """Free energy of the counts, with all other groups summed out, ``(B,)``, in nats."""
        seen = self._seen(batch)
        return self.machine.free_energy(seen, self.layers)


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
