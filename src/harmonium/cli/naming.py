"""Finds a run by its path, by the beginning of its name, or as "last"."""

import difflib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from harmonium.errors import UsageError
from harmonium.runs.directory import is_unbegun
from harmonium.runs.status import read_status

__all__ = [
    "RUNS",
    "all_runs",
    "complete_builtin",
    "complete_recipe",
    "complete_run",
    "find_run",
    "is_run",
    "recipe_or_run",
]

RUNS = Path("runs")
"""Default folder of runs, relative to the working directory."""

_MARK = "status.json"


def is_run(path: Path) -> bool:
    """Whether a directory is that of a run, or of a run that ended before it began."""
    with suppress(OSError):  # not readable
        return (path / _MARK).is_file() or is_unbegun(path)
    return False


def all_runs(parent: Path = RUNS) -> list[Path]:
    """Run directories at most two levels down, the oldest first."""
    directories: dict[Path, None] = {}
    for path in _folders(parent):
        for inner in [path] if is_run(path) else filter(is_run, _folders(path)):
            directories[inner] = None
    return sorted(directories, key=lambda path: (_created(path), path.name, path))


def _folders(parent: Path) -> Iterator[Path]:
    """Folders within a folder; none if it cannot be read."""
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_dir():
                    yield parent / entry.name


def _created(run: Path) -> float:
    """Time at which a run was made, in seconds, from its status or else its name (local time)."""
    with suppress(OSError, ValueError):
        status = read_status(run / _MARK)
        if status.get("created") is not None:
            return float(status["created"])
        if status.get("started") is not None:
            return datetime.fromisoformat(status["started"]).timestamp()
    with suppress(ValueError, OverflowError):
        return datetime.strptime(run.name[:15], "%Y%m%d-%H%M%S").astimezone().timestamp()
    return 0.0


def find_run(name: str, *, parent: Path = RUNS) -> Path:
    """Finds the directory of a run by its name.

    Args:
        name: a path; a beginning of ``<recipe>/<date>`` or of ``<date>`` that only one run in
            `parent` has, or the whole name of a recipe with one run; or "last".
        parent: folder of the runs.

    Raises:
        FileNotFoundError: there is no such run; the message gives the nearest names.
        ValueError: several runs have this beginning, or the path is not a run.
    """
    if is_run(Path(name)):
        return Path(name)
    runs = all_runs(parent)
    if name == "last" and runs:
        return runs[-1]
    matching = [run for run in runs if any(n.startswith(name) for n in _names(run, parent))]
    whole = [run for run in matching if run.parent.name == name]
    if len(whole or matching) == 1:
        return (whole or matching)[0]
    if matching:
        shown = "\n  ".join(str(run) for run in matching[-10:])
        raise UsageError(
            f"{name}: {len(matching)} runs have names that begin like this; choose one:\n  {shown}"
        )
    if Path(name).exists():
        raise UsageError(f"{name}: not a run directory: it has no {_MARK}")
    raise FileNotFoundError(_no_such_run(name, runs, parent=parent))


def recipe_or_run(name: str) -> tuple[Path, bool]:
    """The file of a recipe or the directory of a run, and whether it is a run.

    Raises:
        FileNotFoundError: there is neither; the message gives the nearest names.
        ValueError: several runs have this beginning.
    """
    if Path(name).is_file():
        return Path(name), False
    if name == "last" or is_run(Path(name)):
        return find_run(name), True
    from harmonium.describe.builtin import find_recipe

    try:
        return find_recipe(name), False
    except FileNotFoundError as error:
        try:
            return find_run(name), True
        except FileNotFoundError:
            message = f"{error}. Nor is there a run of that name: `harmonium runs ls` lists them"
            raise FileNotFoundError(message) from None


def _names(run: Path, parent: Path) -> tuple[str, ...]:
    return run.name, run.relative_to(parent).as_posix(), run.as_posix()


def _no_such_run(name: str, runs: list[Path], *, parent: Path) -> str:
    if not runs:
        return f"no run {name!r}: {parent} holds no runs; start one with harmonium train"
    known = [n for run in runs for n in _names(run, parent)]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f", did you mean {near[0]!r}?" if near else "."
    return f"no run {name!r} under {parent}{hint} harmonium runs ls lists them"


def complete_run(incomplete: str) -> list[str]:
    """Names of runs with this beginning, for completion in the shell."""
    names = ["last", *(run.as_posix() for run in all_runs())]
    return [name for name in names if name.startswith(incomplete)]


def complete_recipe(incomplete: str) -> list[str]:
    """Built-in recipes and YAML files with this beginning, for completion in the shell."""
    folder = Path(incomplete).parent if "/" in incomplete else Path()
    files = [p.as_posix() for s in ("yaml", "yml") for p in folder.glob(f"*.{s}")]
    named = [name for name in sorted(files) if name.startswith(incomplete)]
    return complete_builtin(incomplete) + named


def complete_builtin(incomplete: str) -> list[str]:
    """Built-in recipes with this beginning, for completion in the shell."""
    from harmonium.describe.builtin import builtin

    return [name for name in builtin() if name.startswith(incomplete)]
