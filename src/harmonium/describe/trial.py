"""A trial: one pass through a recipe with one seed, and what its tasks hand on to each other."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium import storage
from harmonium.bridge import Conditional, classifies, unroll
from harmonium.data import BatchTransform, Chain, DataSet, Rows, Split, mapped
from harmonium.graph import EnergyGraph
from harmonium.learning import compose, doubled, hidden_means, ranks
from harmonium.machines import BeliefNet
from harmonium.memory import need
from harmonium.random import generator
from harmonium.runs.checkpoint import write_tensors

__all__ = ["Trial", "coded", "columns", "derived", "some"]

LOOKED_AT = 1000
"""Training and validation rows of which reconstruction and free energy are observed."""

TEST_DRAW = 12345
"""Seed of the one draw of test rows under a batch transform: the same in every run."""


def derived(seed: int, purpose: str) -> int:
    """A seed of its own for every purpose: streams of random numbers must not be in step.

    >>> derived(0, "pretrain/1") != derived(1, "pretrain/1") != derived(0, "train")
    True
    """
    digest = hashlib.sha256(f"{seed} {purpose}".encode()).digest()
    return int.from_bytes(digest[:6], "big")


def columns(observed: Mapping[str, Rows], weights: Tensor | None) -> Any:  # noqa: ANN401
    """What minibatches are made of: each group's rows, then weights; one tensor if it is alone."""
    found = (*observed.values(), *([] if weights is None else [weights]))
    return found[0] if len(found) == 1 else found


@dataclass
class Trial:
    """Rows, machine and net of one seed.

    Args:
        number: from 0.
        seed: all draws of the trial follow from it.
        machine: to be trained.
        data: its rows, transformed, on its device, with the labels that are seen.
        chain: the transforms as they were fitted.
        draw: the batch transform, if any.
    """

    number: int
    seed: int
    machine: EnergyGraph | BeliefNet
    data: DataSet
    chain: Chain
    draw: BatchTransform | None = None
    layers: list[EnergyGraph] = field(default_factory=list, init=False)
    """The machines of greedy pre-training, the lowest first, once it is asked for."""
    net: nn.Sequential | None = field(default=None, init=False)
    seconds: float = field(default=0.0, init=False)
    """Processor time of pre-training, training and fine-tuning."""
    epochs: dict[str, int] = field(default_factory=dict, init=False)
    """Epochs that were chosen while the trial ran, by stage."""

    # --- what stages need ----------------------------------------------------------------------

    @property
    def graphs(self) -> list[EnergyGraph]:
        """The machine's energy graphs, the lowest first."""
        return self.machine.graphs if isinstance(self.machine, BeliefNet) else [self.machine]

    def split(self) -> None:
        """Splits the machine into the ``layers`` that are pre-trained one after the other."""
        machine = self.machine
        self.layers = machine.graphs if isinstance(machine, BeliefNet) else doubled(machine)

    def compose(self) -> None:
        """After the last of them: a stack is the machine, other layers have groups in common."""
        if not isinstance(self.machine, BeliefNet):
            compose(self.machine, self.layers)

    def _copies(self) -> list[Tensor]:
        """What the layers learn that is not the machine's own."""
        own = {*map(id, self.machine.parameters())}
        return [p for g in self.layers for p in g.parameters() if id(p) not in own]

    def source(self, purpose: str) -> torch.Generator:
        """Random numbers of one purpose, on the rows' device."""
        return generator(derived(self.seed, purpose), self.data.train.x.device)

    def own_source(self, purpose: str, shared: torch.Generator) -> torch.Generator:
        """Random numbers of this process; in a process of its own the shared ones are that."""
        rank, size = ranks.world()
        return shared if size == 1 else self.source(f"{purpose} rank {rank}")

    def rows(self, split: Split, *, layer: int = 0) -> Rows:
        """Rows as the layer's visible group sees them: means of means, ``(N, *shape)``.

        Of rows in a file they are computed whenever some are asked for.
        """
        layers = self.layers or self.graphs
        lift = partial(_lifted, graphs=layers[:layer], shape=layers[0].units["v"].shape)
        return mapped(split.x, lift, each=layers[layer].units["v"].shape)

    def observed(self, split: Split, *, layer: int = 0) -> dict[str, Rows]:
        """What a layer observes of rows: "v", and "y" where it has labels, one-hot."""
        found: dict[str, Rows] = {"v": self.rows(split, layer=layer)}
        layers = self.layers or self.graphs
        if "y" in layers[layer].units:
            found |= self.label(split)
        return found

    def learned_from(self, graph: EnergyGraph) -> Split:
        """The training rows; of a graph with labels those that have one.

        Raises:
            ValueError: none has.
        """
        split = self.labelled(self.data.train) if "y" in graph.units else self.data.train
        if split is None:
            raise ValueError(
                f"model: it has labels, and {self.data.name} has none: leave out classes"
            )
        return split

    def label(self, split: Split) -> dict[str, Rows]:
        """One-hot labels of rows, ``(N, classes)``, by the group's name "y".

        Raises:
            ValueError: the classes of machine and data are not as many.
        """
        assert split.y is not None
        units = self.graphs[-1].units["y"]
        width, found = units.shape.numel(), len(self.data.classes)
        if width != found:
            raise ValueError(
                f"model: its label has {width} classes, but {self.data.name} has {found}: "
                f"make classes {found}"
            )
        return {"y": coded(split.y, units.bias, classes=width)}

    def transform(self, source: torch.Generator) -> Callable[[Tensor], Tensor] | None:
        """The batch transform with its source of random numbers, or None."""
        return None if self.draw is None else partial(_drawn, draw=self.draw, source=source)

    def labelled(self, split: Split | None) -> Split | None:
        """The rows of a split that have a label, or None."""
        if split is None or split.y is None or not bool((split.y >= 0).any()):
            return None
        return split.take((split.y >= 0).nonzero().flatten())

    def unrolled(self) -> nn.Sequential:
        """The machine as a net with an output for each class, starting at zero."""
        return unroll(self.machine, outputs=len(self.data.classes))

    @property
    def classifier(self) -> nn.Module | None:
        """What tells classes apart: the net, else the machine's own p(label | row), if any."""
        named = isinstance(self.machine, BeliefNet) and self.machine.labelled
        if self.net is not None or not (named or classifies(self.machine)):
            return self.net
        return Conditional(self.machine)

    @torch.no_grad()
    def logits(self, net: nn.Module, split: Split) -> Tensor:
        """What a net says of a split's rows, ``(N, classes)``."""
        return torch.cat([net(part) for part in self.rows(split).split(10_000)])

    @property
    def test(self) -> Split | None:
        """Test rows for likelihoods: with a batch transform, its one draw.

        Those of a file are drawn as they are read: go over them once, in order.
        """
        split = self.data.test
        if split is None or self.draw is None:
            return split
        source = generator(TEST_DRAW, split.x.device)
        x = mapped(split.x, partial(self.draw, source=source), each=split.x.shape[1:])
        return Split(x, split.y, split.weights)

    # --- what the engine needs -----------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Machine, net, and what was chosen and measured on the way."""
        return {
            "machine": self.machine.state_dict(),
            "copies": [p.detach().clone() for p in self._copies()],
            "net": None if self.net is None else self.net.state_dict(),
            "seconds": self.seconds,
            "epochs": dict(self.epochs),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """As it was; a belief net that up-down had untied is untied again."""
        if isinstance(self.machine, BeliefNet) and any(
            name.startswith("recognition.") for name in state["machine"]
        ):
            self.machine.untie()
        self.machine.load_state_dict(state["machine"])
        with torch.no_grad():
            for p, saved in zip(self._copies(), state.get("copies", ()), strict=True):
                p.copy_(saved)
        if state["net"] is not None:
            self.net = self.unrolled()
            self.net.load_state_dict(state["net"])
        self.seconds, self.epochs = state["seconds"], dict(state["epochs"])

    def save(self, folder: Path, trial: int) -> None:
        """Writes machine, net and the transforms' statistics."""
        storage.save(self.machine, folder / f"{trial}-machine.safetensors")
        write_tensors(folder / f"{trial}-transforms.safetensors", self.chain.state())
        if self.net is not None:
            place = folder / f"{trial}-net.safetensors"
            outputs = str(len(self.data.classes))
            write_tensors(place, self.net.state_dict(), outputs=outputs)


def coded(y: Tensor, like: Tensor, *, classes: int) -> Tensor:
    """One-hot labels ``(N, classes)``, zeros where there is none (below 0).

    Raises:
        ValueError: they need more memory than is free.
    """
    need(
        (8 + like.element_size()) * len(y) * classes,
        f"labels of {len(y):,d} rows, one-hot over {classes:,d} classes,",
        remedy="take a label of fewer classes",
    )
    found = functional.one_hot(y.clamp(min=0), classes).to(like)
    return found * (y >= 0)[:, None]


def some(split: Split) -> Split:
    """The rows that are looked at, at equal distances: files are often sorted by class."""
    n = min(len(split), LOOKED_AT)
    return split.take(torch.arange(n, device=split.x.device) * len(split) // n)


def _drawn(x: Tensor, *, draw: BatchTransform, source: torch.Generator) -> Tensor:
    return draw(x, source)


def _lifted(x: Tensor, *, graphs: Sequence[EnergyGraph], shape: Sequence[int]) -> Tensor:
    """Rows (N, D) as the lowest graph's visible group, then means through the graphs."""
    x = x.reshape(-1, *shape)
    for graph in graphs:
        x = hidden_means(graph, x)
    return x
