"""What a run writes down as it goes: rows of numbers, and small tensors for the report."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonium.files import explained

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Record", "Rows", "read_rows", "records"]


class Rows:
    """A file of JSON lines that is only ever appended to, or cut when a run is resumed."""

    def __init__(self, path: Path, *, keep: int = 0) -> None:
        """Opens it and keeps the first rows of what is there.

        Raises:
            ValueError: fewer are there.
        """
        self.path, self.count = path, keep
        path.touch()
        whole = path.read_bytes().splitlines(keepends=True)
        if len(whole) < keep:
            raise ValueError(
                f"{path} has {len(whole)} rows, but {keep} were there when the checkpoint was "
                "written: resume in the directory that it belongs to"
            )
        os.truncate(path, sum(map(len, whole[:keep])))

    def append(self, row: Mapping[str, Any]) -> None:
        """Adds one row; a row is there whole or, after a crash, cut when the run is resumed."""
        self._added(json.dumps(row) + "\n")
        self.count += 1

    def sync(self) -> int:
        """The number of rows, all of them on the disk."""
        self._added("", sync=True)
        return self.count

    def _added(self, text: str, *, sync: bool = False) -> None:
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                if sync:
                    os.fsync(file.fileno())
        except OSError as error:
            raise explained(error, self.path) from error


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


def records(folder: Path, *, stages: Sequence[str] = ()) -> list[Record]:
    """The records of a folder by trial, stage (in the order given, others last) and epoch."""
    found = []
    for path in folder.glob("[0-9]*.safetensors"):
        trial, rest = path.stem.split("-", 1)
        stage, epoch = rest.rsplit("-", 1)
        found.append(Record(path, int(trial), stage.replace(".", "/"), int(epoch)))
    order = {name: place for place, name in enumerate(stages)}
    return sorted(found, key=lambda r: (r.trial, order.get(r.stage, len(order)), r.stage, r.epoch))
