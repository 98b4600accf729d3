"""A simple training loop, and schedules of learning rate and momentum."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from harmonium.arguments import checked
from harmonium.bounds import Count, Share, Size
from harmonium.errors import UsageError

__all__ = ["Schedule", "fit", "linear_decay", "momentum"]


class Schedule(Protocol):
    """A schedule of an optimiser's settings: one of torch's, or ``momentum``."""

    def step(self) -> None:
        """Is called after every update."""

    def state_dict(self) -> dict[str, Any]:
        """The state of the schedule."""
        ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores a state; the settings themselves are in the optimiser's state."""


@checked
def fit(
    step: Callable[[Any], object],
    batches: Iterable[Any],
    *,
    epochs: Size,
    schedules: Sequence[Schedule] = (),
    observe: Callable[[int], object] | None = None,
) -> int:
    """Calls ``step`` with every batch, epoch after epoch.

    Args:
        step: makes one update from one batch.
        batches: iterated once per epoch; the items of an iterator are kept for later epochs.
        epochs: maximum number of epochs.
        schedules: stepped after every update.
        observe: called after every epoch with its number, from 1; the loop stops if it returns
            True.

    Returns:
        The number of completed epochs.

    Raises:
        ValueError: there are no batches.
    """
    if isinstance(batches, Iterator) and epochs > 1:
        batches = [*batches]  # it would be exhausted after one epoch
    for epoch in range(1, epochs + 1):
        batch = _NONE
        for batch in batches:
            step(batch)
            for schedule in schedules:
                schedule.step()
        if batch is _NONE:
            raise UsageError(f"epoch {epoch}: there are no batches, so nothing is learned")
        if observe is not None and _is_true(observe(epoch)):
            return epoch
    return epochs


_NONE: Any = object()


def _is_true(answer: object) -> bool:
    """Whether the answer is True, of Python, NumPy or torch; other truthy values do not count."""
    if isinstance(answer, bool):
        return answer
    dtype, shape = (getattr(answer, name, None) for name in ("dtype", "shape"))
    return str(dtype) in ("bool", "torch.bool") and shape in ((), (1,)) and bool(answer)


@checked
def linear_decay(optimiser: Optimizer, updates: Count, *, constant: Share = 0.0) -> LambdaLR:
    """A schedule in which the learning rate falls linearly to zero.

    Args:
        optimiser: its present rates are the initial ones.
        updates: number of updates until the rate is zero.
        constant: fraction of these updates, in [0, 1], that keep the initial rate first.
    """
    flat = constant * updates

    def factor(t: int) -> float:
        if t <= flat:
            return 1.0
        return (updates - t) / (updates - flat) if t < updates else 0.0

    return LambdaLR(optimiser, factor)


@checked
def momentum(
    optimiser: Optimizer, per_epoch: Size, *, to: Share = 0.9, after: Size = 1
) -> Schedule:
    """A schedule that raises the momentum once, after the large gradients of the first epochs.

    (Hinton, 2012, https://doi.org/10.1007/978-3-642-35289-8_32, section 9.)

    Args:
        optimiser: an optimiser with momentum.
        per_epoch: updates per epoch.
        to: the new momentum.
        after: epochs with the optimiser's initial momentum.

    Raises:
        ValueError: the optimiser has no momentum.
    """
    if "momentum" not in optimiser.param_groups[0]:
        raise UsageError(
            f"{type(optimiser).__name__} has no momentum to schedule: use SGD, or leave the "
            "schedule out"
        )
    return _Momentum(optimiser, after * per_epoch, to=to)


class _Momentum:
    def __init__(self, optimiser: Optimizer, at: int, *, to: float) -> None:
        self.optimiser, self.at, self.to, self.done = optimiser, at, to, -1
        self.step()  # sets the momentum of the first update, as torch's schedules do

    def step(self) -> None:
        self.done += 1
        if self.done == self.at:
            for group in self.optimiser.param_groups:
                group["momentum"] = self.to

    def state_dict(self) -> dict[str, Any]:
        return {"done": self.done}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        self.done = state_dict["done"]
