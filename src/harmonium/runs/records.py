"""What a run writes while it goes on: rows of numbers, and small tensors for the report."""

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
    """A file of JSON lines that only grows, except that resuming a run truncates it."""

    def __init__(self, path: Path, *, keep: int = 0, checksum: str | None = None) -> None:
        """Reads the existing rows; ``cut`` then removes all but the first ``keep``.

        Args:
            path: the file; made if it does not exist.
            keep: number of rows when the checkpoint was written.
            checksum: of those rows; None if unknown.

        Raises:
            ValueError: the file has fewer rows, or their checksum differs.
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
        """Checksum of all rows without their times, since a repeated stage takes another time."""
        return self._digest.hexdigest()

    def cut(self) -> None:
        """Removes the rows that were written after the checkpoint."""
        self.path.touch()
        os.truncate(self.path, self._size)

    def append(self, row: Mapping[str, Any]) -> None:
        """Appends a row; resuming a run removes a partial row that a crash may leave."""
        self._added(json.dumps(row) + "\n")
        self._digest.update(_lasting(row))
        self.count += 1

    def sync(self) -> int:
        """Writes all rows to the disk and returns their number."""
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
    """Reads a file of JSON lines; an incomplete last line is left out.

    Raises:
        ValueError: an earlier line is damaged; the message gives its number.
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
    """Checks that a run could have written these rows, and returns them.

    Raises:
        ValueError: a row lacks its trial, stage or epoch, or has a value that is not a number; the
            message gives the line.
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


def check_finding(finding: Any) -> dict[str, str]:  # noqa: ANN401
    """Checks that a finding has the form in which runs write it: "kind", "found" and "remedy".

    Raises:
        TypeError: it does not.
    """
    if isinstance(finding, dict) and {"kind", "found", "remedy"} <= finding.keys():
        if all(isinstance(value, str) for value in finding.values()):
            return finding
    raise UsageTypeError(f"{str(finding)[:40]} is no finding")


def _lasting(row: Mapping[str, Any]) -> bytes:
    """Bytes of a row without its times."""
    return json.dumps({k: v for k, v in row.items() if not k.startswith("time/")}).encode()


def _damaged(path: Path, number: int, *, what: str) -> ValueError:
    return RunError(f"{path}, line {number}: {what}; bring the file back from a copy")


@dataclass(frozen=True)
class Record:
    """Small tensors that a stage saved after an epoch: chains, filters, hidden activity."""

    path: Path
    trial: int
    stage: str
    """Name of the stage, such as "pretrain/1"."""
    epoch: int

    @classmethod
    def at(cls, folder: Path, *, trial: int, stage: str, epoch: int) -> Record:
        """The record of a trial, stage and epoch in the ``records`` folder of a run."""
        name = f"{trial}-{stage.replace('/', '.')}-{epoch:04d}.safetensors"
        return cls(folder / name, trial, stage, epoch)

    def tensors(self) -> dict[str, Tensor]:
        """Name -> tensor: "chains" ``(64, D)``, "filters" ``(64, D)``, "hidden" ``(100, 100)``.

        A stage saves only those that apply to it.

        Raises:
            ValueError: the file is damaged.
        """
        from harmonium.runs.checkpoint import read_tensors

        return read_tensors(self.path)[0]


def records(folder: Path, *, stages: Sequence[str] = ()) -> list[Record]:
    """The records of a folder by trial, stage (in the given order, others last) and epoch."""
    entries = []
    for path in folder.glob("[0-9]*.safetensors"):
        trial, rest = path.stem.split("-", 1)
        stage, epoch = rest.rsplit("-", 1)
        entries.append(Record(path, int(trial), stage.replace(".", "/"), int(epoch)))
    order = {name: place for place, name in enumerate(stages)}
    return sorted(
        entries, key=lambda r: (r.trial, order.get(r.stage, len(order)), r.stage, r.epoch)
    )
