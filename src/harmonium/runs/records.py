"""What a run writes down as it goes: rows of numbers, and small tensors for the report."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonium.errors import RunError, UsageTypeError
from harmonium.files import explained
from harmonium.runs.directory import regular

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Record", "Rows", "check_finding", "check_rows", "read_rows", "records"]


class Rows:
    """A file of JSON lines that is only ever appended to, or cut when a run is resumed."""

    def __init__(self, path: Path, *, keep: int = 0, checksum: str | None = None) -> None:
        """Looks at what is there; ``cut`` takes away all but the rows that are kept.

        Args:
            path: the file; made where it is missing.
            keep: how many rows were there when the checkpoint was written.
            checksum: theirs; None: not known.

        Raises:
            ValueError: fewer are there, or others.
        """
        self.path, self.count = path, keep
        there = path.read_bytes() if regular(path) else b""
        whole = there.split(b"\n")[:-1]
        if len(whole) < keep:
            raise RunError(
                f"{path} has {len(whole)} rows, but {keep} were there when the checkpoint was "
                "written: resume in the directory that it belongs to"
            )
        rows = check_rows(_parsed(whole[:keep], path), path)
        self._size = sum(len(line) + 1 for line in whole[:keep])
        self._digest = hashlib.sha256()
        for row in rows:
            self._digest.update(_lasting(row))
        if checksum not in (None, self.checksum):
            raise RunError(
                f"{path}: its first {keep} rows are not those that were there when the checkpoint "
                "was written: bring the file back from a copy, or start a new run"
            )

    @property
    def checksum(self) -> str:
        """Of all rows so far, without their times: those of a stage that is done again differ."""
        return self._digest.hexdigest()

    def cut(self) -> None:
        """Takes away what a run wrote after its checkpoint."""
        self.path.touch()
        os.truncate(self.path, self._size)

    def append(self, row: Mapping[str, Any]) -> None:
        """Adds one row; a row is there whole or, after a crash, cut when the run is resumed."""
        self._added(json.dumps(row) + "\n")
        self._digest.update(_lasting(row))
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
    return _parsed(path.read_bytes().split(b"\n")[:-1], path) if regular(path) else []


def _parsed(lines: Sequence[bytes], path: Path) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _damaged(path, number, what=f"not JSON ({error})") from error
        if not isinstance(row, dict):
            raise _damaged(path, number, what=f"a {type(row).__name__}, not a mapping")
        rows.append(row)
    return rows


def check_rows(rows: list[dict[str, Any]], path: Path) -> list[dict[str, Any]]:
    """The same rows, if a run could have written them.

    Raises:
        ValueError: one lacks its place, or has a value that is no number; it gives its line.
    """
    for number, row in enumerate(rows, 1):
        for name, kind in (("trial", int), ("stage", str), ("epoch", int), ("update", int)):
            if not isinstance(row.get(name), kind):
                raise _damaged(path, number, what=f"{name} is {str(row.get(name))[:40]}")
        try:
            for name, value in row.items():
                if name == "findings":
                    _ = [check_finding(f) for f in value]
                elif name != "stage" and not isinstance(value, int | float):
                    raise TypeError
                elif name != "stage":
                    float(value)
        except (TypeError, OverflowError):
            raise _damaged(path, number, what=f"{name} is {str(value)[:40]}") from None
    return rows


def check_finding(found: Any) -> dict[str, str]:  # noqa: ANN401
    """A finding as runs write it: "kind", "found" and "remedy".

    Raises:
        TypeError: it is something else.
    """
    if isinstance(found, dict) and {"kind", "found", "remedy"} <= found.keys():
        if all(isinstance(value, str) for value in found.values()):
            return found
    raise UsageTypeError(f"{str(found)[:40]} is no finding")


def _lasting(row: Mapping[str, Any]) -> bytes:
    """A row without what the clock says."""
    return json.dumps({k: v for k, v in row.items() if not k.startswith("time/")}).encode()


def _damaged(path: Path, number: int, *, what: str) -> ValueError:
    return RunError(f"{path}, line {number}: {what}; bring the file back from a copy")


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

        Raises:
            ValueError: the file is damaged.
        """
        from harmonium.runs.checkpoint import read_tensors

        return read_tensors(self.path)[0]


def records(folder: Path, *, stages: Sequence[str] = ()) -> list[Record]:
    """The records of a folder by trial, stage (in the order given, others last) and epoch."""
    found = []
    for path in folder.glob("[0-9]*.safetensors"):
        trial, rest = path.stem.split("-", 1)
        stage, epoch = rest.rsplit("-", 1)
        found.append(Record(path, int(trial), stage.replace(".", "/"), int(epoch)))
    order = {name: place for place, name in enumerate(stages)}
    return sorted(found, key=lambda r: (r.trial, order.get(r.stage, len(order)), r.stage, r.epoch))
