"""A trial: one pass through a recipe with one seed, with its data and its models."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harmonium.data import BatchTransform, Chain, DataSet, Examples, mapped
from harmonium.learning import ranks
from harmonium.models import Model
from harmonium.needs import Needs, able, unmet
from harmonium.random import generator
from harmonium.runs.checkpoint import write_tensors

__all__ = ["Trial", "derived", "some"]

LOOKED_AT = 1000
"""Maximum number of training and validation rows that watches observe while a stage runs."""

TEST_DRAW = 12345
"""Seed of the single draw of binary test rows from fractions: the same in every run."""


def derived(seed: int, purpose: str) -> int:
    """Returns a different seed for every purpose, so that no two random streams coincide.

    >>> derived(0, "pretrain/1") != derived(1, "pretrain/1") != derived(0, "train")
    True
    """
    digest = hashlib.sha256(f"{seed} {purpose}".encode()).digest()
    return int.from_bytes(digest[:6], "big")


@dataclass
class Trial:
    """Data and models of one seed.

    Args:
        number: index of the trial, from 0.
        seed: determines all random draws of the trial.
        models: name -> model, in the order in which the stages make them.
        data: transformed rows on the trial's device, with the labels that it may use.
        chain: the fitted transforms.
        stages: name -> settings, in the order of the recipe.
        draw: draws binary rows from fractions, anew for every batch; None uses rows unchanged.
    """

    number: int
    seed: int
    models: dict[str, Model]
    data: DataSet
    chain: Chain
    stages: Mapping[str, Any] = field(default_factory=dict)
    draw: BatchTransform | None = None
    extras: dict[str, Any] = field(default_factory=dict, init=False)
    """Name -> parameters that a stage trains outside the models, until the stage is done."""
    seconds: float = field(default=0.0, init=False)
    """CPU time of all stages of learning, in seconds."""
    epochs: dict[str, int] = field(default_factory=dict, init=False)
    """Stage -> number of epochs, for stages that chose it while the trial ran."""
    _makers: dict[str, Callable[[], Model]] = field(default_factory=dict, init=False)

    # --- models --------------------------------------------------------------------------------

    def able(self, *abilities: str) -> Any:  # noqa: ANN401
        """Returns the last model with the given abilities; builds promised models if needed.

        Raises:
            ValueError: no model has these abilities; the message gives the missing one and the
                remedy.
        """
        try:
            return able(abilities, self.models.values())
        except ValueError:
            for name in self._makers:
                self.model(name)
            return able(abilities, self.models.values())

    def unmet_later(self, needs: Needs) -> str | None:
        """Returns why something with these needs could not run after all stages, or None.

        Models that stages will have made by then count as existing.
        """
        there = [*self.models.values(), *(make() for make in self._makers.values())]
        return unmet(needs, there, data=self.data)

    def promise(self, name: str, make: Callable[[], Model]) -> None:
        """Registers how to make a later stage's model; ``model`` does so when first asked."""
        self._makers[name] = make

    def model(self, name: str) -> Model:
        """Returns the model of this name; a promised model is made now."""
        if name not in self.models:
            self.models[name] = self._makers[name]()
        return self.models[name]

    @property
    def promised(self) -> tuple[str, ...]:
        """Names of the models that stages make, in the order in which they promised them."""
        return tuple(self._makers)

    def fresh(self, name: str) -> Model:
        """Makes a promised model with untrained parameters."""
        return self._makers[name]()

    def has_learned(self, name: str) -> bool:
        """Whether another stage comes before the stage of this name."""
        return next(iter(self.stages)) != name

    # --- random numbers ------------------------------------------------------------------------

    def source(self, purpose: str) -> torch.Generator:
        """Random generator for one purpose, on the device of the rows."""
        return generator(derived(self.seed, purpose), self.data.train.x.device)

    def own_source(self, purpose: str, shared: torch.Generator) -> torch.Generator:
        """With one process returns ``shared``; otherwise a generator seeded by rank."""
        rank, size = ranks.world()
        return shared if size == 1 else self.source(f"{purpose} rank {rank}")

    # --- rows ----------------------------------------------------------------------------------

    def labelled(self, split: Examples | None) -> Examples | None:
        """The rows of a split that have the label of a class, or None."""
        return None if split is None else split.labelled()

    def known(self, split: Examples | None) -> Examples | None:
        """The rows of a split that have a label, a target or a sequence to write, or None."""
        if split is None or split.targets is not None or self.data.written is not None:
            return split
        return self.labelled(split)

    @property
    def test(self) -> Examples | None:
        """Test rows for likelihoods; where batches are drawn from fractions, a single fixed draw.

        Rows of a file are drawn while they are read: go through them once, in order.
        """
        split = self.data.test
        if split is None or self.draw is None:
            return split
        source = generator(TEST_DRAW, split.x.device)
        x = mapped(split.x, partial(self.draw, source=source), each=split.x.shape[1:])
        return split.with_columns(x=x)

    # --- what the engine needs -----------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Models, parameters of unfinished stages, chosen epochs and CPU time."""
        return {
            "models": {name: model.saved() for name, model in self.models.items()},
            "extras": {name: _copied(x) for name, x in self.extras.items()},
            "seconds": self.seconds,
            "epochs": dict(self.epochs),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state; first makes the models that a stage had made.

        A checkpoint of format 1 has the keys "machine" and "net" instead of "models".
        """
        if "models" not in state:
            named = {name: state[name] for name in ("machine", "net") if state[name] is not None}
            copies = {"layers": state["copies"]} if state.get("copies") else {}
            state = {**state, "models": named, "extras": copies}
        for name, saved in state["models"].items():
            self.model(name).restore(saved)
        for name, saved in state["extras"].items():
            _copy_into(self.extras[name], saved)
        self.seconds, self.epochs = state["seconds"], dict(state["epochs"])

    def save(self, folder: Path, trial: int) -> None:
        """Writes the models, and the statistics of the transforms, to a folder."""
        for name, model in self.models.items():
            model.save(folder / f"{trial}-{name}.safetensors")
        write_tensors(folder / f"{trial}-transforms.safetensors", self.chain.state())


def some(split: Examples) -> Examples:
    """Takes ``LOOKED_AT`` rows at most, evenly spaced because files are often sorted by class."""
    n = min(len(split), LOOKED_AT)
    return split.take(torch.arange(n, device=split.x.device) * len(split) // n)


def _copied(parameters: Sequence[Tensor]) -> list[Tensor]:
    return [p.detach().clone() for p in parameters]


@torch.no_grad()
def _copy_into(parameters: Sequence[Tensor], saved: Sequence[Tensor]) -> None:
    for p, x in zip(parameters, saved, strict=True):
        p.copy_(x)
