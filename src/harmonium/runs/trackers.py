"""Trackers receive the numbers of a run. A tracker that fails is dropped; the run goes on."""

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
    """Receives the numbers of a run."""

    def setup(self, folder: Path, recipe: Mapping[str, Any]) -> None:
        """Begins a new or resumed run in this folder; ``metrics.jsonl`` has the rows so far."""

    def log(self, row: Mapping[str, Any]) -> None:
        """Receives one row of numbers."""

    def finish(self, status: str) -> None:
        """Ends the run: "done", "failed" or "interrupted"."""


@dataclass
class Trackers:
    """Several trackers; the failure of one does not affect the others."""

    members: Sequence[Tracker] = ()

    def __post_init__(self) -> None:
        self._left = list(self.members)

    def setup(self, folder: Path, recipe: Mapping[str, Any]) -> None:
        """Passes the start of the run to every tracker."""
        self._tell(lambda t: t.setup(folder, recipe))

    def log(self, row: Mapping[str, Any]) -> None:
        """Passes a row of numbers to every tracker."""
        self._tell(lambda t: t.log(row))

    def finish(self, status: str) -> None:
        """Passes the end of the run to every tracker."""
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
    """Writes ``metrics.csv``: a line per row, a column per number; rewritten for new columns."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._columns: list[str] = []
        self._path = Path()

    def setup(self, folder: Path, recipe: Mapping[str, Any]) -> None:
        """Begins the file with the existing rows."""
        del recipe
        self._path = folder / "metrics.csv"
        self._rows = read_rows(folder / "metrics.jsonl")
        self._columns = list(dict.fromkeys(name for row in self._rows for name in row))
        self._rewrite()

    def log(self, row: Mapping[str, Any]) -> None:
        """Adds one line to the file."""
        self._rows.append(dict(row))
        if new := [name for name in row if name not in self._columns]:
            self._columns += new
            self._rewrite()
            return
        with self._path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, self._columns).writerow(row)

    def finish(self, status: str) -> None:
        """Does nothing: every line is already written."""

    def _rewrite(self) -> None:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self._columns)
        writer.writeheader()
        writer.writerows(self._rows)
        write_whole(self._path, text.getvalue())


class TensorBoard:
    """Writes event files for TensorBoard to ``tensorboard/``, without a network."""

    def __init__(self) -> None:
        self._writer: Any = None

    def setup(self, folder: Path, recipe: Mapping[str, Any]) -> None:
        """Opens the event file.

        Raises:
            ImportError: tensorboard is not installed; the message says how to install it.
        """
        del recipe
        need("tensorboard", "this tracker needs")
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder / "tensorboard"))

    def log(self, row: Mapping[str, Any]) -> None:
        """Adds one scalar for each number, by trial and stage, against updates."""
        place = f"{row['trial']}/{row['stage']}"
        for name, value in row.items():
            if "/" in name or name == "lr":
                self._writer.add_scalar(f"{place}/{name}", value, row["update"])

    def finish(self, status: str) -> None:
        """Writes the remaining events and closes the file."""
        del status
        self._writer.close()
