"""Early stopping: when a number that is watched no longer gets better."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from harmonium.bounds import Count, NonNegative
from harmonium.errors import RunError
from harmonium.figures import Direction, better, direction

__all__ = ["EarlyStopping"]


@dataclass
class EarlyStopping:
    """Ends a stage when a number has not improved for some epochs.

    Args:
        monitor: the number watched, such as "val/error".
        patience: epochs without improvement before the stage ends.
        min_delta: what counts as an improvement must exceed this.
        mode: whether less or more of it is better; None: as `harmonium.figures` says.
        restore_best: the parameters of the best epoch are put back at the end.
        tie: the number that decides where the first one is as good as the best; None: it is no
            improvement then.

    Raises:
        ValueError: no mode is given, and none is known for this number.
    """

    monitor: str = "val/error"
    patience: Count = 5
    min_delta: NonNegative = 0.0
    mode: Direction | None = None
    restore_best: bool = True
    tie: str | None = None
    best: float | None = field(default=None, init=False)
    second: float | None = field(default=None, init=False)
    """What decided among equals, at the best epoch."""
    waited: int = field(default=0, init=False)
    kept: dict[str, Tensor] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._mode = self.mode or direction(self.monitor)

    def see(self, row: Mapping[str, float], module: nn.Module) -> bool:
        """Takes note of an epoch's numbers; True: stop now.

        Raises:
            ValueError: the number watched is not among them.
        """
        if self.monitor not in row:
            raise RunError(
                f"early stopping watches {self.monitor!r}, which this stage does not give; "
                f"there are {', '.join(sorted(row))} (val/ needs data.validation above 0)"
            )
        value = row[self.monitor]
        second = None if self.tie is None else row[self.tie]
        if self._improves(value, second):
            self.best, self.second, self.waited = value, second, 0
            if self.restore_best:
                self.kept = {name: t.clone() for name, t in module.state_dict().items()}
        else:
            self.waited += 1
        return self.waited >= self.patience

    def _improves(self, value: float, second: float | None) -> bool:
        if self.tie is not None and second is not None and value == self.best:
            return better(second, self.second, mode=direction(self.tie))
        return better(value, self.best, mode=self._mode, min_delta=self.min_delta)

    def end(self, module: nn.Module) -> None:
        """Puts the best parameters back."""
        if self.kept:
            module.load_state_dict(self.kept)

    def state_dict(self) -> dict[str, Any]:
        """The best numbers, how long ago they were, and the parameters then."""
        best = {"best": self.best, "second": self.second, "waited": self.waited}
        return {**best, "kept": dict(self.kept)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from there."""
        self.best, self.waited, self.kept = state["best"], state["waited"], state["kept"]
        self.second = state.get("second")
