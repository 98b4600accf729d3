"""``harmonium train``: a recipe becomes a run."""

from pathlib import Path
from typing import Annotated, Any

import typer

from harmonium.cli.naming import all_runs, complete_recipe, complete_run, find_recipe, find_run
from harmonium.cli.output import AsJson, emit, say, table
from harmonium.cli.progress import Progress
from harmonium.cli.validate import Overrides

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
            help="Go on with this run; auto: with the newest of the recipe that is not done.",
            autocompletion=complete_run,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Build and check everything, and write nothing.")
    ] = False,
    fast_dev_run: Annotated[
        bool, typer.Option("--fast-dev-run", help="A few rows through every stage.")
    ] = False,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda, cuda:0 or mps.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of all random numbers.")] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Refuse operations that vary.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Parent of the run.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train what a recipe describes, in a new directory, or go on with a run that was stopped.

    Ctrl-C finishes the update, saves, and says how to go on; a second one stops at once.
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
        _check_alone(resume, recipe, given=[*changes, *(["--dry-run"] if dry_run else [])])
        _report(_resumed(resume, recipe, parent=output), as_json=as_json)
        return
    assert recipe is not None
    if dry_run:
        _report_plan(_planned(recipe, changes), as_json=as_json)
    else:
        _report(_trained(recipe, changes, output=output, fast=fast_dev_run), as_json=as_json)


def _check_alone(resume: str, recipe: str | None, *, given: list[str]) -> None:
    if given:
        raise ValueError(f"a run goes on as it began: leave out {', '.join(given)}")
    if recipe is not None and resume != "auto":
        raise ValueError(f"--resume {resume} knows its recipe: leave out {recipe}")


def _trained(recipe: str, changes: list[str], *, output: Path | None, fast: bool) -> Any:  # noqa: ANN401
    from harmonium.training import train as run_recipe

    return run_recipe(
        find_recipe(recipe), *changes, output=output, fast_dev_run=fast, watch=Progress()
    )


def _resumed(resume: str, recipe: str | None, *, parent: Path | None) -> Any:  # noqa: ANN401
    from harmonium.training import train as run_recipe

    if resume == "auto":
        assert recipe is not None
        place = _newest_open(recipe, parent)
    else:
        place = Path(resume) if resume.endswith(".safetensors") else find_run(resume)
    return run_recipe(resume=place, watch=Progress())


def _newest_open(recipe: str, parent: Path | None) -> Path:
    """The newest run of a recipe that is neither done nor going on."""
    from harmonium import describe
    from harmonium.runs import Run
    from harmonium.runs.directory import is_unbegun

    wanted = describe.load(find_recipe(recipe))
    home = Path(parent or wanted.output) / wanted.name
    for path in reversed(all_runs(home)):
        if is_unbegun(path):
            continue
        if Run.open(path).status["status"] in {"interrupted", "failed"}:
            return path
    raise FileNotFoundError(f"no run to go on with under {home}; leave out --resume to start one")


def _planned(recipe: str, changes: list[str]) -> dict[str, Any]:
    from harmonium.training import dry_run

    return dry_run(find_recipe(recipe), *changes)


def _report_plan(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        emit(found)
        return
    say(f"{found['name']}: {found['data']}")
    say(f"{found['parameters']} parameters on {found['device']}, {found['trials']} trials of:")
    head = ["stage", "epochs", "updates"]
    say(table(head, ([row[key] for key in head] for row in found["stages"])))
    for text in found["warnings"]:
        say(f"warning: {text}")
    say("nothing was written")


def _report(run: Any, *, as_json: bool) -> None:  # noqa: ANN401
    results = run.results
    if as_json:
        emit({"run": run.path, "status": run.status["status"], "results": results})
        return
    say(str(run.path))
    rows = [
        [method, name, found["mean"], found["sd"], found["n"]]
        for method, numbers in results.get("summary", {}).items()
        for name, found in numbers.items()
    ]
    if rows:
        say(table(["method", "figure", "mean", "s.d.", "trials"], rows))
    page = run.path / "report.html"
    if page.is_file():
        say(str(page))
