"""An RBM of time series as a model: it predicts the next frame, and draws what may follow."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harmonium.data import Examples
from harmonium.learning.objectives.series import known_frames
from harmonium.likelihood import Ladder
from harmonium.machines.temporal import TemporalRBM
from harmonium.models.abilities import Batch
from harmonium.models.model import Model
from harmonium.models.outline import outline_of
from harmonium.random import Source
from harmonium.storage import save

__all__ = ["TemporalModel"]


class TemporalModel(Model):
    """A machine of series, which are the column "x".

    Args:
        machine: shared, not copied.
    """

    growth = "quadratic"
    width: int | None = None
    """None: series of any length are read."""

    def __init__(self, machine: TemporalRBM) -> None:
        super().__init__()
        self.machine = machine

    @property
    def lags(self) -> int:
        """Frames of the past that act directly on a frame; the first ones are not predicted."""
        return self.machine.lags

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of channels and of hidden units."""
        return tuple(units.shape.numel() for units in self.machine.graph.units.values())

    def reads(self, rows: Examples) -> Examples:
        """Returns the rows as they are: series, ``(B, T, C)`` in batches."""
        return rows

    def check(self, batch: Batch) -> None:
        """Raises ValueError where series do not fit the machine."""
        self.machine.check(batch["x"])
        self.machine.graph.units["v"].check(batch["x"].flatten(0, 1))

    # --- using -----------------------------------------------------------------------------------

    def known(self, batch: Batch) -> Tensor:
        """Whether each predicted frame exists, ``(B, T - L)``, or comes after a series' end."""
        return known_frames(batch["x"], batch.get("length"))[:, self.lags :]

    def forecast(self, batch: Batch, *, source: Source = None) -> Tensor:
        """One-step predictions of the frames from L on, ``(B, T - L, C)``; 0 after the end."""
        return self.machine.forecast(batch["x"], known=self.known(batch), source=source)

    def log_frames(
        self, batch: Batch, ladder: Ladder, *, source: Source = None
    ) -> dict[str, Tensor]:
        """log p of the frames from L on, from both sides; see ``TemporalRBM.log_frames``."""
        return self.machine.log_frames(
            batch["x"],
            known=self.known(batch),
            betas=ladder.betas,
            chains=ladder.chains,
            sweeps=ladder.sweeps,
            source=source,
        )

    def continued(self, batch: Batch, frames: int, *, source: Source = None) -> Tensor:
        """Draws of the frames that may follow series, ``(B, frames, C)``.

        A series of which the batch says a "length" is continued after its last frame, not after
        the zeros that pad it.
        """
        x, lengths = batch["x"], batch.get("length")
        if lengths is None:
            return self.machine.continued(x, frames, source=source)
        found = x.new_zeros(len(x), frames, x.shape[2])
        for length in lengths.unique().tolist():
            rows = lengths == length
            known = x[rows, : int(length)]
            found[rows] = self.machine.continued(known, frames, source=source)
        return found

    # --- learning and storage --------------------------------------------------------------------

    def begin_series(self, batch: Batch) -> None:
        """Starts the machine from training series."""
        x = batch["x"]
        self.machine.start(x, known_frames(x, batch.get("length")))

    def limiter(self, batch: Batch) -> Callable[[], None]:
        """A function that keeps learned precisions below their ceiling; see the machine's."""
        x = batch["x"]
        return self.machine.limiter(x, known_frames(x, batch.get("length")))

    def outline(self) -> list[dict[str, Any]]:
        """One row for each group, connection and matrix of the past."""
        own = [
            {"part": name, "kind": "past", "shape": tuple(p.shape), "parameters": p.numel()}
            for name, p in self.machine.named_parameters(recurse=False)
        ]
        return [*outline_of(self.machine.graph), *own]

    def saved(self) -> dict[str, Any]:
        """The parameters, by name."""
        return self.machine.state_dict()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Restores saved parameters."""
        self.machine.load_state_dict(saved)

    def save(self, path: Path) -> None:
        """Writes the machine to a file; see ``storage.save``."""
        save(self.machine, path)

    @property
    def device(self) -> torch.device:
        """Device of the parameters."""
        return self.machine.to_visible.device
