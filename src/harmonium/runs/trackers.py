"""Trackers: who else is told the numbers. One that fails is dropped and never ends a run."""

import csv
import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from harmonium.extras import need
from harmonium.files import write_whole
from harmonium.runs.records import read_rows

__all__ = ["CSV", "TensorBoard", "Tracker", "Trackers"]


class Tracker(Protocol):
    """Whatever wants to know."""

    def setup(self, folder: Path, recipe: Mapping[str, Any]) -> None:
        """A run begins or goes on in this folder; ``metrics.jsonl`` has the rows so far."""

    def log(self, row: Mapping[str, Any]) -> None:
        """One row of numbers."""

    def picture(self, name: str, png: bytes, *, step: int) -> None:
        """One picture."""

    def finish(self, status: str) -> None:
        """The run is over: "done", "failed" or "interrupted"."""


@dataclass
class Trackers:
    """Several, each with its own bad luck."""

    members: Sequence[Tracker] = ()

    def __post_init__(self) -> None:
        self._left = list(self.members)

    def setup(self, folder: Path, recipe: Mapping[str, Any]) -> None:
        """Tells everyone."""
        self._tell(lambda t: t.setup(folder, recipe))

    def log(self, row: Mapping[str, Any]) -> None:
        """Tells everyone."""
        self._tell(lambda t: t.log(row))

    def picture(self, name: str, png: bytes, *, step: int) -> None:
        """Tells everyone."""
        self._tell(lambda t: t.picture(name, png, step=step))

    def finish(self, status: str) -> None:
        """Tells everyone."""
        self._tell(lambda t: t.finish(status))

    def _tell(self, call: Callable[[Tracker], object]) -> None:
        for tracker in [*self._left]:
            try:
                call(tracker)
            except Exception as error:
                self._left.remove(tracker)
                warnings.warn(
                    f"the tracker {type(tracker).__name__} failed and is dropped, the run goes "
                    f"on: {error!r}",
                    RuntimeWarning,
                    stacklevel=3,
                )


class CSV:
    """``metrics.csv``: one line a row, one column a number; rewritten when a new one turns up."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._columns: list[str] = []
        self._path = Path()

    def setup(self, folder: Path, recipe: Mapping[str, Any]) -> None:
        """Begins with the rows there are."""
        del recipe
        self._path = folder / "metrics.csv"
        self._rows = read_rows(folder / "metrics.jsonl")
        self._columns = list(dict.fromkeys(name for row in self._rows for name in row))
        self._rewrite()

    def log(self, row: Mapping[str, Any]) -> None:
        """Adds a line."""
        self._rows.append(dict(row))
        if new := [name for name in row if name not in self._columns]:
            self._columns += new
            self._rewrite()
            return
        with self._path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, self._columns).writerow(row)

    def picture(self, name: str, png: bytes, *, step: int) -> None:
        """Nothing: a table has no pictures."""

    def finish(self, status: str) -> None:
        """Nothing is left to do."""

    def _rewrite(self) -> None:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self._columns)
        writer.writeheader()
        writer.writerows(self._rows)
        write_whole(self._path, text.getvalue())


class TensorBoard:
    """Event files for TensorBoard in ``tensorboard/``, readable offline."""

    def __init__(self) -> None:
        self._writer: Any = None

    def setup(self, folder: Path, recipe: Mapping[str, Any]) -> None:
        """Opens the file.

        Raises:
            ImportError: tensorboard is not installed; it says how to.
        """
        del recipe
        need("tensorboard", "this tracker needs")
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder / "tensorboard"))

    def log(self, row: Mapping[str, Any]) -> None:
        """One scalar a number, by trial and stage, over updates."""
        place = f"{row['trial']}/{row['stage']}"
        for name, value in row.items():
            if "/" in name or name == "lr":
                self._writer.add_scalar(f"{place}/{name}", value, row["update"])

    def picture(self, name: str, png: bytes, *, step: int) -> None:
        """One picture."""
        import numpy as np
        from PIL import Image

        pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
        self._writer.add_image(name, pixels, step, dataformats="HWC")

    def finish(self, status: str) -> None:
        """Writes what is left."""
        del status
        self._writer.close()
