"""``harmonium runs``: lists, shows, compares and removes runs."""

import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from harmonium.cli.naming import RUNS, all_runs, complete_run, find_run
from harmonium.cli.output import AsJson, emit, note, say, table
from harmonium.cli.results import results_side_by_side, results_table
from harmonium.errors import UsageError
from harmonium.printable import printable
from harmonium.report.differences import flat
from harmonium.runs import Run
from harmonium.runs.directory import is_locked, is_unbegun, locked
from harmonium.runs.noticed import noticed
from harmonium.runs.status import seconds

__all__ = ["compare", "ls", "rm", "show"]

Parent = Annotated[Path, typer.Option("--in", metavar="DIR", help="Folder that holds the runs.")]
Name = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help='Path, beginning of a name, or "last".', autocompletion=complete_run
    ),
]
Names = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN...",
        help='Paths, beginnings of names, or "last".',
        autocompletion=complete_run,
    ),
]


def ls(*, parent: Parent = RUNS, as_json: AsJson = False) -> None:
    """List the runs, the oldest first."""
    rows = [_summary(path) for path in all_runs(parent)]
    if as_json:
        emit(rows)
    elif rows:
        head = ["run", "status", "started", "seconds"]
        say(table(head, ([r["run"], r["status"], r["started"], r["seconds"]] for r in rows)))
    else:
        note(f"no runs under {parent}; start one with harmonium train")


def show(name: Name, *, parent: Parent = RUNS, as_json: AsJson = False) -> None:
    """Show one run: status, results, environment, and the settings it ran with."""
    path = find_run(name, parent=parent)
    run = Run.open(path)
    facts = {
        **_summary(path),
        "reason": run.status.get("reason"),
        "resume": run.status.get("resume"),
        "warnings": run.findings(),
        "results": run.results,
        "environment": run.environment if (path / "environment.json").is_file() else {},
        "recipe": run.recipe if (path / "recipe.resolved.yaml").is_file() else {},
    }
    if as_json:
        emit(facts)
        return
    if facts["status"] == "done":
        del facts["resume"]
    for key, value in facts.items():
        if key == "warnings":
            for text in noticed(run):
                say(f"warning: {text}")
        elif key == "results" and value:
            say(f"results:\n{textwrap.indent(results_table(run), '  ')}")
        elif isinstance(value, Mapping):
            lines = [f"  {name}: {item}" for name, item in flat(value).items()]
            say("\n".join([f"{key}:", *lines]) if lines else f"{key}: none yet")
        elif value is not None:
            say(f"{key}: {value}")


def compare(names: Names, *, parent: Parent = RUNS, as_json: AsJson = False) -> None:
    """Compare runs: results side by side, then the settings that differ."""
    paths = [find_run(name, parent=parent) for name in names]
    runs = [Run.open(path) for path in paths]
    results = _columns([flat(run.results) for run in runs], differing=False)
    settings = _columns([flat(run.recipe) for run in runs], differing=True)
    if as_json:
        emit({"runs": paths, "results": results, "settings": settings})
        return
    head = [path.name for path in paths]
    say(results_side_by_side(runs))
    if settings:
        say("\n" + table(["setting", *head], ([key, *row] for key, row in settings.items())))
    else:
        say("\nAll settings are the same.")


def rm(
    names: Names,
    *,
    parent: Parent = RUNS,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
) -> None:
    """Remove runs after a question; a run that is still going on is never removed."""
    paths = list(dict.fromkeys(find_run(name, parent=parent) for name in names))
    for path in paths:
        _check_removable(path)
    if not yes:
        listed = "\n  ".join(printable(str(path), lines=False) for path in paths)
        typer.confirm(f"Remove for ever:\n  {listed}\n?", abort=True, err=True)
    for path in paths:
        with locked(path):
            shutil.rmtree(path)
        say(f"removed {path}")


def _columns(trees: list[dict[str, Any]], *, differing: bool) -> dict[str, list[Any]]:
    keys = dict.fromkeys(key for tree in trees for key in tree)
    rows = {key: [tree.get(key) for tree in trees] for key in keys}
    if differing:
        return {key: row for key, row in rows.items() if any(value != row[0] for value in row)}
    return rows


def _summary(path: Path) -> dict[str, Any]:
    try:
        status = Run.open(path).status
    except (OSError, ValueError) as error:
        return {
            "run": path,
            "status": "never began" if is_unbegun(path) else "damaged",
            "started": None,
            "ended": None,
            "seconds": None,
            "reason": str(error),
        }
    return {
        "run": path,
        "status": status["status"],
        "started": status.get("started"),
        "ended": status.get("ended"),
        "seconds": seconds(status),
    }


def _check_removable(path: Path) -> None:
    """Refuses to remove a directory that is not a run, or a run in progress."""
    if is_unbegun(path):
        return
    lacking = [n for n in ("recipe.yaml", "checkpoints", "models") if not (path / n).exists()]
    if lacking or path.is_symlink():
        what = "a link" if path.is_symlink() else f"it has no {lacking[0]}"
        raise UsageError(f"{path}: not a run directory ({what}); remove it by hand if you mean it")
    try:
        going_on = Run.open(path).status["status"] == "running"
    except ValueError:  # damaged status
        going_on = bool(is_locked(path))
    if going_on:
        raise UsageError(f"{path}: this run goes on; stop it first (Ctrl-C or kill)")
