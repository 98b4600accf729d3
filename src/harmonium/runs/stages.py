"""What the engine drives: a training (`learning.training`), or a job that is done in one go."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

__all__ = ["Once", "Stage"]


class Stage(Protocol):
    """What the engine drives."""

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""
        ...

    @property
    def epoch_ended(self) -> bool:
        """Whether the last update was the last of an epoch."""
        ...

    @property
    def position(self) -> dict[str, int]:
        """Its "epoch", "epochs", "update" and "updates"."""
        ...

    def update(self) -> None:
        """One update."""

    def check(self) -> None:
        """Raises FloatingPointError where a parameter or the loss is no longer finite."""

    def observe(self) -> dict[str, float]:
        """The numbers of the epoch that has ended."""
        ...

    def notice(self) -> dict[str, Any]:
        """``findings`` of what goes wrong, and numbers that they rest on; empty: not looked."""
        ...

    def snapshot(self) -> dict[str, Tensor]:
        """Small tensors for pictures."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on to the bit."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from there."""


@dataclass
class Once:
    """A job that is done in one go, such as a judgement; cut off, it is done again.

    Args:
        call: returns JSON-able results.
    """

    call: Callable[[], Mapping[str, Any]]
    results: dict[str, Any] | None = None
    seconds: float = 0.0
    """Processor time."""

    @property
    def done(self) -> bool:
        """After the call."""
        return self.results is not None

    @property
    def epoch_ended(self) -> bool:
        """Never: it has no epochs."""
        return False

    @property
    def position(self) -> dict[str, int]:
        """One update."""
        return {"epoch": 1, "epochs": 1, "update": int(self.done), "updates": 1}

    def update(self) -> None:
        """Calls."""
        began = time.process_time()
        self.results = dict(self.call())
        self.seconds = time.process_time() - began

    def check(self) -> None:
        """Nothing: the results speak for themselves."""

    def observe(self) -> dict[str, float]:
        """Nothing."""
        return {}

    def notice(self) -> dict[str, Any]:
        """Nothing: its results tell."""
        return {}

    def snapshot(self) -> dict[str, Tensor]:
        """Nothing."""
        return {}

    def state_dict(self) -> dict[str, Any]:
        """The results."""
        return {"results": self.results, "seconds": self.seconds}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes them back."""
        self.results, self.seconds = state["results"], state["seconds"]
