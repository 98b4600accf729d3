"""``harmonium search``: searches the settings of a recipe."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.naming import complete_recipe
from harmonium.cli.options import Overrides
from harmonium.cli.output import AsJson, emit, note, say, table
from harmonium.cli.progress import run_words
from harmonium.progress import Progress

__all__ = ["search"]

_SHOWN = 10
"""Attempts in the table at the end."""

_WIDTH = 100
"""Letters of its lines."""


def search(  # noqa: PLR0913
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE",
            help="A YAML file, or the name of a built-in recipe; left out with --resume.",
            autocompletion=complete_recipe,
        ),
    ] = None,
    overrides: Overrides = None,
    *,
    space: Annotated[
        list[str] | None,
        typer.Option(
            help="A YAML file of SETTING: RANGE, the name of a ready space, or "
            "'SETTING={low: 1e-4, high: 1e-1, log: true}'; may be repeated."
        ),
    ] = None,
    trials: Annotated[
        int, typer.Option(min=1, help="Attempts in all, after that of the recipe as it is.")
    ] = 20,
    figure: Annotated[
        str | None,
        typer.Option(
            help="Figure of a judge, such as error. Default: the first result of the judges."
        ),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=0, help="Begin no attempt after this many seconds.")
    ] = None,
    study: Annotated[
        Path | None, typer.Option(help="Directory of the study. Default: studies/RECIPE.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the study in the directory.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Stop attempts that are worse than the median.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the proposals.")] = 0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress, only results and warnings.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Search the settings of a recipe for the best figure on validation rows.

    Every attempt is a run of its own in the study's directory. Test rows are never looked at. A
    search that was stopped goes on with --resume; no attempt is lost.
    """
    if resume and (recipe is not None and study is not None):
        raise typer.BadParameter("a study has its own recipe: leave RECIPE or --study out")
    if recipe is None and (study is None or not resume):
        raise typer.BadParameter("give a recipe, or --resume --study DIR", param_hint="RECIPE")
    if resume and (overrides or space or figure):
        raise typer.BadParameter(
            "a study goes on as it began: leave out --space, --figure and overrides"
        )
    from harmonium.search import columns_of
    from harmonium.search import search as run_search

    place = study or Path("studies") / Path(str(recipe)).stem
    with Progress(quiet=quiet, words=run_words) as watch:
        found = run_search(
            None if resume else recipe,
            None if resume else (space or []),
            study=place,
            trials=trials,
            overrides=overrides or [],
            figure=figure,
            seed=seed,
            timeout=timeout,
            prune=prune,
            watch=watch,
            note=note,
        )
    if as_json:
        emit(
            {
                "study": place,
                "recipe": found.recipe,
                "figure": found.study.about["figure"],
                "attempts": [*map(asdict, found.study.attempts)],
            }
        )
        return
    say(table(*columns_of(found.study, most=_SHOWN, width=_WIDTH)))
    say(f"\n{found.recipe}\n{found.page}")
