"""What a run writes down as it goes: rows of numbers, and small tensors for the report."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Record", "Rows", "read_rows", "records"]


class Rows:
    """A file of JSON lines that is only ever appended to, or cut when a run is resumed."""

    def __init__(self, path: Path, *, size: int | None = None) -> None:
        """Opens it; ``size`` bytes are kept of what is there (None: all of it)."""
        self.path = path
        path.touch()
        if size is not None:
            os.truncate(path, size)

    def append(self, row: Mapping[str, Any]) -> None:
        """Adds one row; a row is there whole or, after a crash, cut when the run is resumed."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def size(self) -> int:
        """Bytes so far, on the disk."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
            return os.fstat(file.fileno()).st_size


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines; a last line that was cut short is left out.

    Raises:
        ValueError: a line before the last is damaged; it gives its number.
    """
    if not path.is_file():
        return []
    rows = []
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines[:-1], 1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: not JSON ({error}); remove it") from error
    return rows


@dataclass(frozen=True)
class Record:
    """Small tensors that a stage left after an epoch: chains, filters, hidden activity."""

    path: Path
    trial: int
    stage: str
    """Such as "pretrain/1"."""
    epoch: int

    @classmethod
    def at(cls, folder: Path, *, trial: int, stage: str, epoch: int) -> Record:
        """The record's place in a run's ``records`` folder."""
        name = f"{trial}-{stage.replace('/', '.')}-{epoch:04d}.safetensors"
        return cls(folder / name, trial, stage, epoch)

    def tensors(self) -> dict[str, Tensor]:
        """Name -> tensor: "chains" ``(64, D)``, "filters" ``(64, D)``, "hidden" ``(100, 100)``.

        A stage leaves those that it has.
        """
        from safetensors.torch import load_file

        return load_file(self.path)


def records(folder: Path) -> list[Record]:
    """The records of a folder, by trial, in the order they were written."""
    found = []
    for path in folder.glob("*.safetensors"):
        trial, rest = path.stem.split("-", 1)
        stage, epoch = rest.rsplit("-", 1)
        found.append((path.stat().st_mtime_ns, path, int(trial), stage.replace(".", "/"), epoch))
    return [Record(path, t, s, int(e)) for _, path, t, s, e in sorted(found)]
