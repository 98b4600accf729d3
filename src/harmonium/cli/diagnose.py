"""``harmonium diagnose``: shows how gradients and activities pass through the layers of a net."""

from pathlib import Path
from typing import Annotated, Any

import typer

from harmonium.cli.naming import recipe_or_run
from harmonium.cli.options import Overrides, Overwrite, RecipeOrRun, Trial
from harmonium.cli.output import AsJson, emit, say, table
from harmonium.errors import UsageError

__all__ = ["diagnose"]

FOLDER = Path("diagnose")
"""Default folder of the page, in the working directory."""


def diagnose(  # noqa: PLR0913
    name: RecipeOrRun,
    overrides: Overrides = None,
    *,
    updates: Annotated[
        int, typer.Option(min=0, help="Updates of a recipe's net before it is measured again.")
    ] = 0,
    trial: Trial = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder of the page and its pictures. Default: diagnose/ here, whose page is "
            "replaced.",
        ),
    ] = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Show the gradients and activities of every layer of a net, with problems and remedies.

    Of a recipe: the net before its training. Of a run: its net at the start, at every checkpoint,
    and at the end. The run is not changed. Findings do not change the exit code.
    """
    made = _diagnosis(name, overrides or [], updates=updates, trial=trial)
    folder = FOLDER if output is None else output
    page, pictures = made.write(folder, overwrite=overwrite or output is None)
    if as_json:
        emit({**made.document(), "page": page, "pictures": pictures})
    else:
        _tell(made, page)


def _diagnosis(name: str, overrides: list[str], *, updates: int, trial: int) -> Any:  # noqa: ANN401
    from harmonium import apply
    from harmonium.describe import load, resolve
    from harmonium.runs import Run

    place, of_run = recipe_or_run(name)
    if not of_run:
        if trial:
            raise UsageError("--trial is for a run; a recipe's first trial is diagnosed")
        return apply.diagnose_recipe(resolve(load(place, overrides)), updates=updates)
    if overrides or updates:
        raise UsageError(
            f"{name} is a run, which stays as it is: give settings and --updates with a recipe"
        )
    return apply.diagnose_run(Run.open(place), trial=trial)


def _tell(made: Any, page: Path) -> None:  # noqa: ANN401
    for look in made.looks:
        flow = look.flow
        constant = "" if flow.constant is None else f" (constant outputs: {flow.constant:.4g})"
        say(
            f"{look.name}: loss {flow.loss:.4g}{constant}, first to last gradient {flow.ratio:.2e}"
        )
    head, rows = made.table()
    last = made.looks[-1]
    say(f"\n{last.name}, on {last.flow.rows} training rows:\n{table(head, rows)}")
    for finding in last.findings:
        say(f"\n{finding}")
    if not last.findings:
        say("\nThe checks found no problem.")
    say(f"\n{page}")
