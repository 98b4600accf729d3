"""Stages for the engine: a training (`learning.training`), or a job done in one step."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from harmonium.learning.training import Training

__all__ = ["Once", "Stage", "Training"]


class Stage(Protocol):
    """A piece of work that the engine runs update by update."""

    @property
    def done(self) -> bool:
        """Whether no update is left."""
        ...

    @property
    def epoch_ended(self) -> bool:
        """Whether the last update was the last of an epoch."""
        ...

    @property
    def position(self) -> dict[str, int]:
        """Position: "epoch", "epochs", "update" and "updates"."""
        ...

    def update(self) -> None:
        """Does one update."""

    def check(self) -> None:
        """Raises FloatingPointError where a parameter or the loss is no longer finite."""

    def observe(self) -> dict[str, float]:
        """Returns the numbers of the epoch that has ended."""
        ...

    def notice(self) -> dict[str, Any]:
        """Returns ``findings`` (problems) and the numbers behind them; empty if not checked."""
        ...

    def snapshot(self) -> dict[str, Tensor]:
        """Returns small tensors for pictures."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """State needed to resume bit for bit."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state."""


@dataclass
class Once:
    """A job done in one step, such as an evaluation; if interrupted, it starts again.

    Args:
        call: does the job and returns results that JSON can hold.
    """

    call: Callable[[], Mapping[str, Any]]
    results: dict[str, Any] | None = None
    seconds: float = 0.0
    """CPU time of the call, in seconds."""

    @property
    def done(self) -> bool:
        """Whether the job was called."""
        return self.results is not None

    @property
    def epoch_ended(self) -> bool:
        """Always False: a job has no epochs."""
        return False

    @property
    def position(self) -> dict[str, int]:
        """Position: the job counts as one update."""
        return {"epoch": 1, "epochs": 1, "update": int(self.done), "updates": 1}

    def update(self) -> None:
        """Calls the job and keeps its results."""
        began = time.process_time()
        self.results = dict(self.call())
        self.seconds = time.process_time() - began

    def check(self) -> None:
        """Does nothing: a job has no parameters to check."""

    def observe(self) -> dict[str, float]:
        """Returns no numbers: a job has no epochs."""
        return {}

    def notice(self) -> dict[str, Any]:
        """Returns no findings here: they are part of the results."""
        return {}

    def snapshot(self) -> dict[str, Tensor]:
        """Returns no tensors: a job has no pictures."""
        return {}

    def state_dict(self) -> dict[str, Any]:
        """State needed to resume: the results and the CPU time."""
        return {"results": self.results, "seconds": self.seconds}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state."""
        self.results, self.seconds = state["results"], state["seconds"]
