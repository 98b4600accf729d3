"""The training loop of runs and estimators; its state can be saved after any update.

Updates use one random generator, and the watches at the end of an epoch use others. So watches do
not change the updates.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor, nn

from harmonium.data import Passes
from harmonium.errors import DivergenceError
from harmonium.learning import ranks
from harmonium.learning.loop import Schedule
from harmonium.learning.stopping import EarlyStopping
from harmonium.parameters import ABSURD, sound

__all__ = ["Learns", "Training", "Watch"]

CHECK = 50
"""Updates between two checks that all parameters are finite, and equal in all processes."""

NOTICE = 1500
"""Diagnostics start after this many updates, because one costs as much as 30 updates."""


class Learns(Protocol):
    """The interface of a learner: makes one update from one batch."""

    @property
    def module(self) -> nn.Module:
        """The module whose parameters are trained."""
        ...

    @property
    def optimisers(self) -> Sequence[torch.optim.Optimizer]:
        """Its optimisers; the learning rate of the first one is reported."""
        ...

    def step(self, batch: Any, /) -> Mapping[str, Tensor]:  # noqa: ANN401
        """Makes one update from a batch of columns; returns name -> loss before it, if any."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Parameters, optimiser and everything else that the next update needs."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        ...


class Watch:
    """Measures a model while it trains, without using the random generator of the updates.

    Subclasses override the methods for which they have results.
    """

    every_update: ClassVar[bool] = False
    """Whether ``updated`` is called after every update."""

    def updated(self, updates: int) -> None:
        """Called after every update, with the number of updates so far, if ``every_update``."""
        del updates

    def measure(self, epoch: int) -> dict[str, float]:
        """Figures at the end of an epoch: name -> number."""
        del epoch
        return {}

    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings`` about problems, with the figures behind them; slower than ``measure``."""
        del epoch, updates
        return {}

    def snapshot(self) -> dict[str, Tensor]:
        """Small tensors for pictures: name -> tensor."""
        return {}


@dataclass
class Training:
    """The training loop: updates from batches, epoch after epoch.

    Args:
        learner: makes the updates.
        batches: the batches; one pass over them is an epoch.
        epochs: maximum number of epochs.
        schedules: stepped after every update.
        stopping: early stopping; None: train all epochs.
        source: random generator of batches and updates; its state is saved.
        watches: measure the model at the end of each epoch.
        large_biases: only checks that biases are finite; those of data on an arbitrary scale may
            be as large as the data.
    """

    learner: Learns
    batches: Passes
    epochs: int
    schedules: Sequence[Schedule] = ()
    stopping: EarlyStopping | None = None
    source: torch.Generator | None = None
    watches: Sequence[Watch] = ()
    large_biases: bool = False
    updates: int = field(default=0, init=False)
    stopped: bool = field(default=False, init=False)
    losses: dict[str, Tensor] = field(default_factory=dict, init=False)
    """Sums of the losses over the present epoch."""
    counted: int = field(default=0, init=False)
    """Number of updates in these sums."""
    seconds: float = field(default=0.0, init=False)
    """CPU seconds of all updates so far."""

    def __post_init__(self) -> None:
        self._pass: Iterator[Any] | None = None
        self._began = time.perf_counter()
        self._close = [watch for watch in self.watches if watch.every_update]

    @property
    def done(self) -> bool:
        """Whether all epochs are completed, or training was stopped early."""
        return self.stopped or self.updates >= self.epochs * len(self.batches)

    @property
    def epoch_ended(self) -> bool:
        """Whether the last update completed an epoch."""
        return self.updates > 0 and self.updates % len(self.batches) == 0

    @property
    def position(self) -> dict[str, int]:
        """The present epoch (from 1) and update, with their totals."""
        each = len(self.batches)
        return {
            "epoch": max(1, -(-self.updates // each)),
            "epochs": self.epochs,
            "update": self.updates,
            "updates": self.epochs * each,
        }

    def update(self) -> None:
        """Makes one update from the next batch, and one step of every schedule."""
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
        for watch in self._close:
            watch.updated(self.updates)
        if self.updates % CHECK == 0:
            self.check()
            ranks.check_equal(self.learner.module.parameters())

    def check(self) -> None:
        """Raises FloatingPointError where a parameter or the loss is not finite, or absurd."""
        named: list[tuple[str, Tensor | None]] = [*self.learner.module.named_parameters()]
        losses = [(f"the {name}", total) for name, total in self.losses.items()]
        for name, x in [*named, *losses]:
            if x is None:
                continue
            free = self.large_biases and name.endswith("bias")
            good = x.isfinite() if free else sound(x)
            if not bool(good.all()):
                group = self.learner.optimisers[0].param_groups[0]
                rate, now = group.get("initial_lr", group["lr"]), group["lr"]
                said = f"it is {rate:.3g}" + (f", and {now:.3g} now" if now != rate else "")
                state = "is no longer finite" if not x.isfinite().all() else f"exceeds {ABSURD:g}"
                raise DivergenceError(
                    f"learning diverged: {name} {state} at update {self.updates}; "
                    f"lower the learning rate ({said}), and standardise "
                    "real-valued data"
                )

    def observe(self) -> dict[str, float]:
        """The figures of an epoch: mean losses, the watches' figures, learning rate and speed."""
        epoch = self.position["epoch"]
        row: dict[str, float] = {}
        for name, total in self.losses.items():
            row[f"train/{name}"] = float(total) / self.counted
        self.losses, self.counted = {}, 0
        for watch in self.watches:
            row |= watch.measure(epoch)
        row["lr"] = self.learner.optimisers[0].param_groups[0]["lr"]
        row = ranks.agreed(row)  # so that all processes stop after the same epoch
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
        """The random generator of the order of batches, if it is a separate one."""
        return None if self.batches.source is self.source else self.batches.source

    def notice(self) -> dict[str, Any]:
        """The watches' findings: once there are ``NOTICE`` updates, and at the end."""
        if ranks.world().rank or not (self.done or self.updates >= NOTICE):
            return {}
        epoch = self.position["epoch"]
        findings: dict[str, Any] = {}
        for watch in self.watches:
            findings |= watch.notice(epoch, updates=self.updates)
        return findings

    def snapshot(self) -> dict[str, Tensor]:
        """The watches' tensors for pictures: name -> tensor."""
        tensors: dict[str, Tensor] = {}
        for watch in self.watches:
            tensors |= watch.snapshot()
        return tensors

    def state_dict(self) -> dict[str, Any]:
        """The state of learner, batches, schedules, early stopping, generators and counters."""
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
        """Restores a state from ``state_dict``; training continues with the same updates."""
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
        self._pass = None  # the batches know where in a pass they are


def _losses(state: Mapping[str, Any]) -> tuple[dict[str, Tensor], int]:
    """The sums of the losses and their number; checkpoints of the first format have one loss."""
    if isinstance(state["losses"], int):
        return ({} if state["loss"] is None else {"loss": state["loss"]}), state["losses"]
    return dict(state["losses"]), state["counted"]


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a schedule without torch's entries ``_get_lr...``, which hold functions."""
    return {k: v for k, v in state.items() if not k.startswith("_get_lr")}
