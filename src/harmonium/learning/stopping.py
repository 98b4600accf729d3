"""Early stopping: ends training when a monitored figure no longer improves."""

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
    """Ends a stage when a figure has not improved for some epochs.

    Args:
        monitor: the figure to monitor, such as "val/error".
        patience: epochs without improvement after which the stage ends.
        min_delta: smaller changes do not count as improvements.
        mode: whether smaller or larger values are better; None: as in `harmonium.figures`.
        restore_best: restore the parameters of the best epoch at the end.
        tie: a second figure that decides if the first one equals the best value; None: an equal
            value is not an improvement.

    Raises:
        ValueError: no mode is given, and none is known for this figure.
    """

    monitor: str = "val/error"
    patience: Count = 5
    min_delta: NonNegative = 0.0
    mode: Direction | None = None
    restore_best: bool = True
    tie: str | None = None
    best: float | None = field(default=None, init=False)
    second: float | None = field(default=None, init=False)
    """The figure ``tie`` at the best epoch."""
    waited: int = field(default=0, init=False)
    kept: dict[str, Tensor] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._mode = self.mode or direction(self.monitor)

    def see(self, row: Mapping[str, float], module: nn.Module) -> bool:
        """Records the figures of an epoch; returns True if the stage should stop.

        Args:
            row: name -> figure.
            module: the module that is trained, whose best parameters are kept.

        Raises:
            ValueError: the monitored figure is not among them.
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
        """Restores the best parameters, if they were kept."""
        if self.kept:
            module.load_state_dict(self.kept)

    def state_dict(self) -> dict[str, Any]:
        """The best figures, the epochs since then, and the parameters of the best epoch."""
        best = {"best": self.best, "second": self.second, "waited": self.waited}
        return {**best, "kept": dict(self.kept)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.best, self.waited, self.kept = state["best"], state["waited"], state["kept"]
        self.second = state.get("second")
