"""A deep belief net as a model: an undirected top, directed layers below it."""

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
from harmonium.models.abilities import Batch
from harmonium.models.deciding import MostProbable
from harmonium.models.graph import (
    GraphModel,
    LabelledModel,
    RestrictedModel,
    filters_of,
    outline_of,
    visible,
)
from harmonium.models.model import Model
from harmonium.random import Source
from harmonium.sampling import descend, mean
from harmonium.storage import save

__all__ = ["LabelledStack", "Stack"]


class Stack(Model):
    """A belief net whose lowest group holds the column "x".

    Args:
        net: the machine; it is shared, not copied.
    """

    def __init__(self, net: BeliefNet) -> None:
        super().__init__()
        self.machine = net

    @property
    def width(self) -> int:
        """Values of a row."""
        return self.machine.graphs[0].units["v"].shape.numel()

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer, the visible one first."""
        return self.width, *(g.units["h"].shape.numel() for g in self.machine.graphs)

    @property
    def growth(self) -> str:
        """How fast the visible units' energy grows: finite or quadratic."""
        return self.machine.graphs[0].units["v"].growth

    @property
    def enumerable(self) -> bool:
        """Whether log Z can be had by enumeration in seconds."""
        return quick(self.machine)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the hidden layers, the lowest first."""
        return tuple(f"h{k + 1}" for k in range(len(self.machine.graphs)))

    def outline(self) -> list[dict[str, Any]]:
        """The rows of every layer, the lowest first."""
        graphs = self.machine.graphs
        return [
            row
            for k, graph in enumerate(graphs)
            for row in outline_of(graph, f"{k}." * (len(graphs) > 1))
        ]

    # --- learning ------------------------------------------------------------------------------

    def split(self) -> "list[GraphModel]":
        """The layers as models of their own, for pre-training; they are the net's own."""
        tops = [LabelledModel if "y" in g.units else RestrictedModel for g in self.machine.graphs]
        return [make(g) for make, g in zip(tops, self.machine.graphs, strict=True)]

    def lowest(self, layers: int) -> "Stack | None":
        """Only the lowest layers; None without any."""
        return Stack(BeliefNet(self.machine.graphs[:layers])) if layers else None

    @torch.no_grad()
    def as_data(self, values: Tensor, *, layer: int) -> Tensor | None:
        """Values of the visible group of a layer, by means down through the layers below."""
        below = self.machine.graphs[:layer]
        like = below[-1].units["h"]
        h = values.to(like.bias).reshape(-1, *like.shape)
        return descend(below, h, rule=mean)[0]

    def compose(self, layers: "Sequence[GraphModel]") -> None:
        """Nothing: the layers are the net's own."""

    def untie(self) -> None:
        """Gives recognition parameters of its own, copies to begin with."""
        self.machine.untie()

    def unrolled(self, outputs: int) -> nn.Sequential:
        """The way up as an ordinary net with a new output layer; see ``bridge.unroll``."""
        return unroll(self.machine, outputs=outputs)

    def state(self, batch: Batch) -> State:
        """The observed groups of a batch: its rows, and one-hot labels where the net has some."""
        return {"v": self._visible(batch), **self._top(batch)}

    def _top(self, batch: Batch) -> State:
        if not self.machine.labelled or "y" not in batch:
            return {}
        return {"y": self.split()[-1].coded(batch["y"])}

    # --- storage -------------------------------------------------------------------------------

    def saved(self) -> dict[str, Any]:
        """The parameters."""
        return self.machine.state_dict()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Takes saved parameters back; those of an untied net untie it."""
        if any(name.startswith("recognition.") for name in saved):
            self.machine.untie()
        self.machine.load_state_dict(saved)

    def save(self, path: Path) -> None:
        """Writes the machine to a file; see ``storage.save``."""
        save(self.machine, path)

    # --- using ---------------------------------------------------------------------------------

    def check(self, batch: Batch) -> None:
        """Raises ValueError where rows lie outside of the visible units' domain."""
        self.machine.graphs[0].units["v"].check(self._visible(batch))

    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Means of means, upwards."""
        values = self.machine.recognise(self._visible(batch))
        return dict(zip(self.layers, values, strict=True))

    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """Means upwards through some layers, and down again."""
        values = self.machine.recognise(self._visible(batch))
        words = ("layer 1", *(f"layers 1 to {k}" for k in range(2, len(values) + 1)))
        found: dict[str, Batch] = {}
        for k, (word, h) in enumerate(zip(words, values, strict=True)):
            x = descend(self.machine.graphs[: k + 1], h, rule=mean)[0]
            found[word] = {"x": x.flatten(1)}
        return found

    def sample(
        self,
        n: int,
        *,
        given: Batch | None = None,
        sweeps: int = 1000,
        source: Source = None,
    ) -> Batch:
        """Chains in the top graph, then one pass down; a known class "y", ``(n,)``, is held.

        Raises:
            ValueError: "x" is given: the visible units are drawn in one pass at the end; or "y",
                and the net has no labels.
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
        """As many: the chains run in the top graph alone."""
        return most

    def log_density(
        self,
        rows: Mapping[str, Rows],
        *,
        train: Rows | None = None,
        ladder: Ladder | None = None,
    ) -> dict[str, Any]:
        """The variational bound on the log-likelihood; see ``likelihood.density``."""
        return density(self.machine, rows, train=train, ladder=ladder)

    def filters(self) -> dict[str, Tensor]:
        """Products of the weight matrices of a layer and of those below it."""
        found: dict[str, Tensor] = {}
        below: Tensor | None = None
        for name, graph in zip(self.layers, self.machine.graphs, strict=True):
            reached = filters_of(graph, below)
            if "h" not in reached:
                break
            below = found[name] = reached["h"]
        return found

    @torch.no_grad()
    def free_energy(self, batch: Batch) -> Tensor:
        """F(x) of the lowest RBM alone, ``(B,)``, in nats."""
        return self.machine.graphs[0].free_energy({"v": self._visible(batch)}, ("h",))

    def chain(self, batch: Batch) -> tuple[EnergyGraph, State]:
        """The top graph, and what its first group sees of rows, by means."""
        return self.machine.graphs[-1], {"v": self.machine.features(self._visible(batch))}

    def _visible(self, batch: Batch) -> Tensor:
        return visible(self.machine.graphs[0].units["v"], batch["x"])


class LabelledStack(MostProbable, Stack):
    """A belief net with a label group beside its top: it also classifies."""

    def log_probs(self, batch: Batch) -> Tensor:
        """log p(y | features of x), exact given the features, ``(B, classes)``, in nats."""
        return self.machine.log_label_prob(self._visible(batch))
