"""``harmonium validate``: check a recipe without running it."""

from typing import Annotated

import typer

from harmonium.cli.guard import REFUSED
from harmonium.cli.options import Overrides, Recipe
from harmonium.cli.output import AsJson, emit, note, say

__all__ = ["validate"]


def validate(
    recipe: Recipe,
    overrides: Overrides = None,
    *,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print the recipe with every default filled in.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check a recipe and list all its problems, each with its line and a remedy.

    Data that are not on this computer are a warning.
    """
    from harmonium import describe
    from harmonium.describe.absent import absent
    from harmonium.describe.values import plain

    try:
        loaded = describe.load(recipe, overrides or [])
    except describe.RecipeError as error:
        if not as_json:
            raise
        problems = [
            {"where": p.where, "path": p.path, "message": p.message} for p in error.problems
        ]
        emit({"recipe": recipe, "valid": False, "problems": problems})
        raise typer.Exit(REFUSED) from None
    lacking = absent(loaded)
    if as_json:
        checked = {"recipe": recipe, "valid": True, "problems": [], "warnings": lacking}
        emit(checked | {"resolved": plain(loaded)})
        return
    for warning in lacking:
        note(f"warning: {warning}")
    if resolved:
        say(describe.dump(loaded).rstrip())
    else:
        say(f"{recipe}: valid")
