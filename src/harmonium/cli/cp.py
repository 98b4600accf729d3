"""``harmonium cp``: copies a built-in recipe to a new file."""

from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.naming import complete_builtin
from harmonium.cli.output import say

__all__ = ["cp"]


def cp(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Name of a built-in recipe.", autocompletion=complete_builtin
        ),
    ],
    to: Annotated[
        Path, typer.Argument(metavar="[FILE]", help="The new file, or a folder for it.")
    ] = Path(),
) -> None:
    """Copy a built-in recipe, to change it."""
    from harmonium.describe.builtin import copy

    say(str(copy(name, to)))
