"""A trial: one pass through a recipe with one seed, and what its tasks hand on to each other."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium import storage
from harmonium.bridge import unroll
from harmonium.data import BatchTransform, Chain, DataSet, Split
from harmonium.graph import EnergyGraph
from harmonium.learning import hidden_means, ranks
from harmonium.machines import BeliefNet
from harmonium.random import generator
from harmonium.runs.checkpoint import write_tensors

__all__ = ["Trial", "derived"]

TEST_DRAW = 12345
"""Seed of the one draw of test rows under a batch transform: the same in every run."""


def derived(seed: int, purpose: str) -> int:
    """A seed of its own for every purpose: streams of random numbers must not be in step.

    >>> derived(0, "pretrain/1") != derived(1, "pretrain/1") != derived(0, "train")
    True
    """
    digest = hashlib.sha256(f"{seed} {purpose}".encode()).digest()
    return int.from_bytes(digest[:6], "big")


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

    def source(self, purpose: str) -> torch.Generator:
        """Random numbers of one purpose, on the rows' device."""
        return generator(derived(self.seed, purpose), self.data.train.x.device)

    def own_source(self, purpose: str, shared: torch.Generator) -> torch.Generator:
        """Random numbers of this process; in a process of its own the shared ones are that."""
        rank, size = ranks.world()
        return shared if size == 1 else self.source(f"{purpose} rank {rank}")

    def rows(self, split: Split, *, layer: int = 0) -> Tensor:
        """Rows as the layer's visible group sees them: means of means, ``(N, *shape)``."""
        x = split.x.reshape(-1, *self.graphs[0].units["v"].shape)
        for graph in self.graphs[:layer]:
            x = hidden_means(graph, x)
        return x

    def observed(self, split: Split, *, layer: int = 0) -> dict[str, Tensor]:
        """What a layer observes of rows: "v", and "y" where it has labels, one-hot."""
        found = {"v": self.rows(split, layer=layer)}
        return found | self.label(split) if "y" in self.graphs[layer].units else found

    def label(self, split: Split) -> dict[str, Tensor]:
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
        return {"y": functional.one_hot(split.y, width).to(units.bias)}

    def labelled(self, split: Split | None) -> Split | None:
        """The rows of a split that have a label, or None."""
        if split is None or split.y is None or not bool((split.y >= 0).any()):
            return None
        return split.take((split.y >= 0).nonzero().flatten())

    def unrolled(self) -> nn.Sequential:
        """The machine as a net with an output for each class, starting at zero."""
        return unroll(self.machine, outputs=len(self.data.classes))

    @torch.no_grad()
    def logits(self, net: nn.Module, split: Split) -> Tensor:
        """What a net says of a split's rows, ``(N, classes)``."""
        return torch.cat([net(part) for part in self.rows(split).split(10_000)])

    @property
    def test(self) -> Split | None:
        """Test rows for likelihoods: with a batch transform, its one draw."""
        split = self.data.test
        if split is None or self.draw is None:
            return split
        source = generator(TEST_DRAW, split.x.device)
        return Split(self.draw(split.x, source), split.y, split.weights)

    # --- what the engine needs -----------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Machine, net, and what was chosen and measured on the way."""
        return {
            "machine": self.machine.state_dict(),
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
