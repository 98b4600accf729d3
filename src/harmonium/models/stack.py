"""A deep belief net as a model: an undirected top above directed layers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.bridge import unroll
from harmonium.data import Rows
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, State
from harmonium.likelihood import Ladder, density, quick
from harmonium.machines import BeliefNet
from harmonium.machines.visible import visible
from harmonium.models.abilities import Batch
from harmonium.models.deciding import MostProbable
from harmonium.models.filters import Downwards, downwards, shown
from harmonium.models.graph import GraphModel, LabelledModel, RestrictedModel
from harmonium.models.model import Model
from harmonium.models.outline import outline_of
from harmonium.random import Source
from harmonium.sampling import descend, mean
from harmonium.storage import save

__all__ = ["LabelledStack", "Stack"]


class Stack(Model):
    """A belief net whose lowest group holds the column "x".

    Args:
        net: the machine; shared, not copied.
    """

    def __init__(self, net: BeliefNet) -> None:
        super().__init__()
        self.machine = net

    @property
    def width(self) -> int:
        """Number of values of a row."""
        return self.machine.graphs[0].units["v"].shape.numel()

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of units of every layer, the visible one first."""
        return self.width, *(g.units["h"].shape.numel() for g in self.machine.graphs)

    @property
    def growth(self) -> str:
        """Growth of the visible units' energy: "finite" or "quadratic"."""
        real = self.machine.graphs[0].units["v"].curvature() is not None
        return "quadratic" if real else "finite"

    @property
    def enumerable(self) -> bool:
        """Whether log Z of the top graph can be computed by enumeration in seconds."""
        return quick(self.machine)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the hidden layers, the lowest first."""
        return tuple(f"h{k + 1}" for k in range(len(self.machine.graphs)))

    def outline(self) -> list[dict[str, Any]]:
        """One row for each group and connection of every layer, the lowest layer first."""
        graphs = self.machine.graphs
        return [
            row
            for k, graph in enumerate(graphs)
            for row in outline_of(graph, f"{k}." * (len(graphs) > 1))
        ]

    # --- learning ------------------------------------------------------------------------------

    def split(self, depth: int | None = None) -> "list[GraphModel]":
        """The lowest layers (None: all) as models; they share the net's parameters."""
        tops = [LabelledModel if "y" in g.units else RestrictedModel for g in self.machine.graphs]
        pairs = [*zip(tops, self.machine.graphs, strict=True)]
        return [make(g) for make, g in pairs[:depth]]

    def beneath(self, layers: "Sequence[GraphModel]", k: int) -> "Sequence[GraphModel]":
        """What the rows pass before they reach layer k of ``split``, the lowest first."""
        return layers[:k]

    def lowest(self, layers: int) -> "Stack | None":
        """A stack of only the lowest layers; None for no layers."""
        return Stack(BeliefNet(self.machine.graphs[:layers])) if layers else None

    @torch.no_grad()
    def as_data(self, values: Tensor, *, layer: int) -> Tensor | None:
        """Passes values of a layer's visible group down to the data, from means to means."""
        below = self.machine.graphs[:layer]
        like = below[-1].units["h"]
        h = values.to(like.bias).reshape(-1, *like.shape)
        return descend(below, h, rule=mean)[0]

    def compose(self, layers: "Sequence[GraphModel]") -> None:
        """Does nothing: the layers share the net's parameters."""

    def untie(self) -> None:
        """Separates the recognition parameters, which start as copies of the generative ones."""
        self.machine.untie()

    def unrolled(self, outputs: int, rows: Rows | None = None) -> nn.Sequential:
        """A net with the upward weights and a new output layer; see ``bridge.unroll``."""
        del rows
        return unroll(self.machine, outputs=outputs)

    def state(self, batch: Batch) -> State:
        """State of the observed groups of a batch: rows, and one-hot labels of a labelled net."""
        return {"v": self._visible(batch), **self._top(batch)}

    def _top(self, batch: Batch) -> State:
        if not self.machine.labelled or "y" not in batch:
            return {}
        return {"y": self.split()[-1].coded(batch["y"])}

    # --- storage -------------------------------------------------------------------------------

    def saved(self) -> dict[str, Any]:
        """The parameters, by name."""
        return self.machine.state_dict()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Restores saved parameters; those of an untied net untie this one first."""
        if any(name.startswith("recognition.") for name in saved):
            self.machine.untie()
        self.machine.load_state_dict(saved)

    def save(self, path: Path) -> None:
        """Writes the machine to a file; see ``storage.save``."""
        save(self.machine, path)

    # --- using ---------------------------------------------------------------------------------

    def check(self, batch: Batch) -> None:
        """Raises ValueError where rows lie outside the domain of the visible units."""
        self.machine.graphs[0].units["v"].check(self._visible(batch))

    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Mean activities of every layer, each given the means of the layer below.

        Of max-pooled maps these are the means of the pooling units.
        """
        values = self.machine.recognise(self._visible(batch))
        units = (graph.units["h"] for graph in self.machine.graphs)
        codes = [u.pooled(h.reshape(-1, *u.shape)) for u, h in zip(units, values, strict=True)]
        return dict(zip(self.layers, codes, strict=True))

    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """Means passed up through the lowest layers and down again, for each number of layers."""
        values = self.machine.recognise(self._visible(batch))
        words = ("layer 1", *(f"layers 1 to {k}" for k in range(2, len(values) + 1)))
        means: dict[str, Batch] = {}
        for k, (word, h) in enumerate(zip(words, values, strict=True)):
            x = descend(self.machine.graphs[: k + 1], h, rule=mean)[0]
            means[word] = {"x": x.flatten(1)}
        return means

    def sample(
        self,
        n: int,
        *,
        given: Batch | None = None,
        sweeps: int = 1000,
        source: Source = None,
    ) -> Batch:
        """Runs chains in the top graph, then one pass down; a known class "y", ``(n,)``, is held.

        Raises:
            ValueError: "x" is given, but visible units are drawn only in the pass down; or "y" is
                given, and the net has no labels.
        """
        given = given or {}
        if "x" in given:
            raise UsageError(
                "a belief net draws its visible units from the layer above in one pass, so none "
                "can be held; train a single rbm to complete rows"
            )
        if "y" in given and not self.machine.labelled:
            raise UsageError("the class cannot be held: the belief net has no labels")
        seen = self._top(given)
        hold = dict.fromkeys(seen, True)
        x = self.machine.generate(n, sweeps=sweeps, seen=seen, hold=hold, source=source)
        return {"x": x.flatten(1)}

    def sweeps(self, most: int) -> int:
        """Returns ``most``: chains run only in the top graph, which has two groups."""
        return most

    def log_density(
        self,
        rows: Mapping[str, Rows],
        *,
        train: Rows | None = None,
        ladder: Ladder | None = None,
    ) -> dict[str, Any]:
        """Variational lower bound on the log-likelihood; see ``likelihood.density``."""
        return density(self.machine, rows, train=train, ladder=ladder)

    def filters(self) -> dict[str, Tensor]:
        """Products of the weight matrices of each layer and the layers below."""
        filters: dict[str, Tensor] = {}
        below: Downwards | None = None
        for name, graph in zip(self.layers, self.machine.graphs, strict=True):
            down = downwards(graph, below)
            if "h" not in down:
                break
            below, filters[name] = down["h"], down["h"](shown(graph.units["h"]))
        return filters

    @torch.no_grad()
    def free_energy(self, batch: Batch) -> Tensor:
        """Free energy F(x) of the lowest RBM alone, ``(B,)``, in nats."""
        return self.machine.graphs[0].free_energy({"v": self._visible(batch)}, ("h",))

    def chain(self, batch: Batch) -> tuple[EnergyGraph, State]:
        """The top graph, and the state of its first group: means given the rows of a batch."""
        return self.machine.graphs[-1], {"v": self.machine.features(self._visible(batch))}

    def _visible(self, batch: Batch) -> Tensor:
        return visible(self.machine.graphs[0].units["v"], batch["x"])


class LabelledStack(MostProbable, Stack):
    """A belief net with a label group in its top graph, which also classifies."""

    def log_probs(self, batch: Batch) -> Tensor:
        """log p(y | features of x), exact given the features, ``(B, classes)``, in nats."""
        return self.machine.log_label_prob(self._visible(batch))
