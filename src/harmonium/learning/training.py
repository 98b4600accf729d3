"""Training: a learner goes through batches, epoch after epoch, and can be saved at any update.

Runs and estimators drive the same loop. Updates draw from one source only; what is observed at the
end of an epoch is drawn from another, so that looking at a training never changes it.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from harmonium.data import Batches
from harmonium.errors import DivergenceError
from harmonium.learning import ranks
from harmonium.learning.loop import Schedule
from harmonium.learning.stopping import EarlyStopping
from harmonium.parameters import ABSURD, sound

__all__ = ["Learns", "Training", "Watch"]

CHECK = 50
"""Updates between two checks that every parameter is finite, and equal in all processes."""

NOTICE = 1500
"""Diagnostics start after this many updates, because one costs as much as 30 updates."""


class Learns(Protocol):
    """Makes one update of something."""

    @property
    def module(self) -> nn.Module:
        """Whose parameters move."""
        ...

    @property
    def optimisers(self) -> Sequence[torch.optim.Optimizer]:
        """What moves them; the first one's learning rate is written down."""
        ...

    def step(self, batch: Any, /) -> Mapping[str, Tensor]:  # noqa: ANN401
        """One update from columns; name -> loss before it, where there is one."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Parameters, optimiser and everything else that the next update needs."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state."""
        ...


class Watch:
    """Looks at what learns, without drawing from the source of the updates.

    A kind of watch answers what it has something for.
    """

    def measure(self, epoch: int) -> dict[str, float]:
        """Figures of the moment: name -> number."""
        del epoch
        return {}

    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings`` of what goes wrong, and figures that they rest on; more costly."""
        del epoch, updates
        return {}

    def snapshot(self) -> dict[str, Tensor]:
        """Small tensors for pictures."""
        return {}


@dataclass
class Training:
    """Updates from batches, epoch after epoch.

    Args:
        learner: makes the updates.
        batches: a pass over them is an epoch.
        epochs: at most this many.
        schedules: stepped after every update.
        stopping: ends the stage early.
        source: where batches and updates draw from; its state is saved.
        watches: what is observed at the ends of epochs.
    """

    learner: Learns
    batches: Batches[Any]
    epochs: int
    schedules: Sequence[Schedule] = ()
    stopping: EarlyStopping | None = None
    source: torch.Generator | None = None
    watches: Sequence[Watch] = ()
    updates: int = field(default=0, init=False)
    stopped: bool = field(default=False, init=False)
    losses: dict[str, Tensor] = field(default_factory=dict, init=False)
    """Sums of the losses since the epoch began."""
    counted: int = field(default=0, init=False)
    """Updates in these sums."""
    seconds: float = field(default=0.0, init=False)
    """Processor time of the updates so far."""

    def __post_init__(self) -> None:
        self._pass: Iterator[Any] | None = None
        self._began = time.perf_counter()

    @property
    def done(self) -> bool:
        """All epochs done, or stopped."""
        return self.stopped or self.updates >= self.epochs * len(self.batches)

    @property
    def epoch_ended(self) -> bool:
        """After the last batch of a pass."""
        return self.updates > 0 and self.updates % len(self.batches) == 0

    @property
    def position(self) -> dict[str, int]:
        """Epochs from 1; the one that goes on, or the one that has just ended."""
        each = len(self.batches)
        return {
            "epoch": max(1, -(-self.updates // each)),
            "epochs": self.epochs,
            "update": self.updates,
            "updates": self.epochs * each,
        }

    def update(self) -> None:
        """One batch, one update, one step of every schedule."""
        began = time.process_time()
        if self._pass is None or self.epoch_ended:
            self._pass = iter(self.batches)
        losses = self.learner.step(next(self._pass))
        for schedule in self.schedules:
            schedule.step()
        self.updates += 1
        for name, loss in losses.items():
            before = self.losses.get(name)
            self.losses[name] = loss.double() if before is None else before + loss
        self.counted += 1
        self.seconds += time.process_time() - began
        if self.updates % CHECK == 0:
            self.check()
            ranks.check_equal(self.learner.module.parameters())

    def check(self) -> None:
        """Raises FloatingPointError where a parameter or the loss is not finite, or absurd.

        A bias may be as large as the data are, so it is only checked to be finite.
        """
        named: list[tuple[str, Tensor | None]] = [*self.learner.module.named_parameters()]
        losses = [(f"the {name}", total) for name, total in self.losses.items()]
        for name, x in [*named, *losses]:
            if x is None:
                continue
            good = x.isfinite() if name.endswith("bias") else sound(x)
            if not bool(good.all()):
                rate = self.learner.optimisers[0].param_groups[0]["lr"]
                state = "is no longer finite" if not x.isfinite().all() else f"exceeds {ABSURD:g}"
                raise DivergenceError(
                    f"learning diverged: {name} {state} at update {self.updates}; "
                    f"lower the learning rate (it is {rate:.3g} now), and standardise "
                    "real-valued data"
                )

    def observe(self) -> dict[str, float]:
        """Mean losses of the epoch, what the watches measure, learning rate and speed."""
        epoch = self.position["epoch"]
        row: dict[str, float] = {}
        for name, total in self.losses.items():
            row[f"train/{name}"] = float(total) / self.counted
        self.losses, self.counted = {}, 0
        for watch in self.watches:
            row |= watch.measure(epoch)
        row["lr"] = self.learner.optimisers[0].param_groups[0]["lr"]
        row = ranks.agreed(row)  # all stop at the same time
        if self.stopping is not None:
            self.stopped = self.stopping.see(row, self.learner.module)
            if self.done:
                self.stopping.end(self.learner.module)
        now = time.perf_counter()
        rows = min(self.updates, len(self.batches)) * self.batches.size
        row["time/samples_per_s"] = round(rows / max(now - self._began, 1e-9), 1)
        row["time/processor_s"] = round(self.seconds, 3)
        self._began = now
        return row

    @property
    def _shared(self) -> torch.Generator | None:
        """Where the batches draw their order from, if all processes draw the same there."""
        return None if self.batches.source is self.source else self.batches.source

    def notice(self) -> dict[str, Any]:
        """What the watches notice, after many updates, which pay for it, and at the end."""
        if ranks.world().rank or not (self.done or self.updates >= NOTICE):
            return {}
        epoch = self.position["epoch"]
        found: dict[str, Any] = {}
        for watch in self.watches:
            found |= watch.notice(epoch, updates=self.updates)
        return found

    def snapshot(self) -> dict[str, Tensor]:
        """What the watches show."""
        found: dict[str, Tensor] = {}
        for watch in self.watches:
            found |= watch.snapshot()
        return found

    def state_dict(self) -> dict[str, Any]:
        """The learner, the batches' position, schedules, stopping, source and counters."""
        shared = self._shared
        return {
            "step": self.learner.state_dict(),
            "batches": self.batches.state_dict(),
            "schedules": [_plain(s.state_dict()) for s in self.schedules],
            "stopping": None if self.stopping is None else self.stopping.state_dict(),
            "source": ranks.states(self.source),
            "order": None if shared is None else shared.get_state(),
            "updates": self.updates,
            "stopped": self.stopped,
            "losses": dict(self.losses),
            "counted": self.counted,
            "seconds": self.seconds,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from there; the next updates are those of the run that saved it."""
        self.learner.load_state_dict(state["step"])
        self.batches.load_state_dict(state["batches"])
        for schedule, saved in zip(self.schedules, state["schedules"], strict=True):
            schedule.load_state_dict(saved)
        if self.stopping is not None:
            self.stopping.load_state_dict(state["stopping"])
        ranks.restore(self.source, state["source"])
        if self._shared is not None and state.get("order") is not None:
            self._shared.set_state(state["order"])
        self.updates, self.stopped = state["updates"], state["stopped"]
        self.losses, self.counted = _losses(state)
        self.seconds = state["seconds"]
        self._pass = iter(self.batches) if not self.epoch_ended and self.updates else None


def _losses(state: Mapping[str, Any]) -> tuple[dict[str, Tensor], int]:
    """Sums of the losses and their number; a checkpoint of the first format has one loss."""
    if isinstance(state["losses"], int):
        return ({} if state["loss"] is None else {"loss": state["loss"]}), state["losses"]
    return dict(state["losses"]), state["counted"]


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule's state without the functions that torch lists in it (as None)."""
    return {k: v for k, v in state.items() if not k.startswith("_get_lr")}
