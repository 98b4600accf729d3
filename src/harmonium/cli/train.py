"""``harmonium train``: trains a recipe, which makes a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonium.cli.naming import all_runs, complete_recipe, complete_run, find_run
from harmonium.cli.options import Overrides
from harmonium.cli.output import AsJson, emit, say, table
from harmonium.cli.progress import run_words
from harmonium.cli.results import results_table
from harmonium.errors import UsageError
from harmonium.progress import Progress
from harmonium.runs.words import stage_name

if TYPE_CHECKING:
    from harmonium.runs import Run

__all__ = ["train"]


def train(  # noqa: PLR0913
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE",
            help="A YAML file, or the name of a built-in recipe.",
            autocompletion=complete_recipe,
        ),
    ] = None,
    overrides: Overrides = None,
    *,
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="auto|RUN",
            help="Resume this run; auto: the newest run of the recipe that is not done.",
            autocompletion=complete_run,
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Build and check everything, but train nothing and write nothing."
        ),
    ] = False,
    fast_dev_run: Annotated[
        bool, typer.Option("--fast-dev-run", help="Run every stage on a few rows, as a test.")
    ] = False,
    device: Annotated[
        str | None, typer.Option(help="Where to compute: auto, cpu, cuda, cuda:0 or mps.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all random numbers.")] = None,
    deterministic: Annotated[
        bool,
        typer.Option(
            "--deterministic", help="Refuse operations whose results vary from run to run."
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder in which the run's directory is made."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress, only results and warnings.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train what a recipe describes, in a new directory, or resume a run that was stopped.

    Ctrl-C finishes the update, saves, and prints the command that resumes; a second Ctrl-C stops
    at once.
    """
    if recipe is None and (resume is None or resume == "auto"):
        raise typer.BadParameter("give a recipe, or --resume RUN", param_hint="RECIPE")
    changes = [
        *(overrides or []),
        *([] if device is None else [f"device={device}"]),
        *([] if seed is None else [f"seed={seed}"]),
        *(["deterministic=true"] if deterministic else []),
    ]
    if resume is not None:
        more = {
            "--dry-run": dry_run,
            "--fast-dev-run": fast_dev_run,
            "--output": output is not None and resume != "auto",
        }
        _check_alone(resume, recipe, given=[*changes, *(name for name in more if more[name])])
        with Progress(quiet=quiet, words=run_words) as watch:
            run = _resumed(resume, recipe, parent=output, watch=watch)
        _report(run, as_json=as_json)
        return
    assert recipe is not None
    if dry_run and fast_dev_run:
        raise UsageError("--dry-run trains nothing and --fast-dev-run a little: leave out one")
    if dry_run:
        _report_plan(_planned(recipe, changes), as_json=as_json)
        return
    with Progress(quiet=quiet, words=run_words) as watch:
        run = _trained(recipe, changes, output=output, fast=fast_dev_run, watch=watch)
    _report(run, as_json=as_json)


def _check_alone(resume: str, recipe: str | None, *, given: list[str]) -> None:
    if given:
        raise UsageError(f"a run is resumed as it began: leave out {', '.join(given)}")
    if recipe is not None and resume != "auto":
        raise UsageError(f"the run {resume} has its own recipe: leave out {recipe}")


def _trained(
    recipe: str, changes: list[str], *, output: Path | None, fast: bool, watch: Progress
) -> "Run":
    from harmonium.training import train as run_recipe

    return run_recipe(recipe, *changes, output=output, fast_dev_run=fast, watch=watch)


def _resumed(resume: str, recipe: str | None, *, parent: Path | None, watch: Progress) -> "Run":
    from harmonium.training import train as run_recipe

    if resume == "auto":
        assert recipe is not None
        place = _newest_open(recipe, parent)
    else:
        place = Path(resume) if resume.endswith(".safetensors") else find_run(resume)
    return run_recipe(resume=place, watch=watch)


def _newest_open(recipe: str, parent: Path | None) -> Path:
    """The newest run of a recipe that was interrupted or failed."""
    from harmonium import describe
    from harmonium.runs import Run
    from harmonium.runs.directory import is_unbegun

    wanted = describe.load(recipe)
    home = Path(parent or wanted.output) / wanted.name
    busy: list[Path] = []
    for path in reversed(all_runs(home)):
        if is_unbegun(path):
            continue
        status = Run.open(path).status["status"]
        if status in {"interrupted", "failed"}:
            return path
        busy += [path] if status == "running" else []
    remark = f" ({busy[0]} is still running)" if busy else ""
    raise FileNotFoundError(
        f"no run to resume under {home}{remark}; leave out --resume to start one"
    )


def _planned(recipe: str, changes: list[str]) -> dict[str, Any]:
    from harmonium.training import dry_run

    return dry_run(recipe, *changes)


def _report_plan(plan: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        emit(plan)
        return
    say(f"{plan['name']}: {plan['data']}")
    trials = f"{plan['trials']} trials" if plan["trials"] > 1 else "1 trial"
    say(f"{plan['parameters']} parameters on {plan['device']}, {trials}, each with these stages:")
    head = ["stage", "epochs", "updates"]
    say(table(head, ([stage_name(r["stage"]), r["epochs"], r["updates"]] for r in plan["stages"])))
    for text in plan["warnings"]:
        say(f"warning: {text}")
    say("nothing was written")


def _report(run: "Run", *, as_json: bool) -> None:
    if as_json:
        emit({"run": run.path, "status": run.status["status"], "results": run.results})
        return
    say(str(run.path))
    say(f"\n{results_table(run)}\n")
    page = run.path / "report.html"
    if page.is_file():
        say(str(page))
