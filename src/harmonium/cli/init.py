"""``harmonium init``: writes a commented recipe to start from."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.output import note, say

__all__ = ["init"]


def _models(incomplete: str) -> list[str]:
    from harmonium.describe.starter import MODELS

    return [name for name in MODELS if name.startswith(incomplete)]


def _data(incomplete: str) -> list[str]:
    from harmonium.describe.starter import DATA

    return [name for name in DATA if name.startswith(incomplete)]


def init(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="The new file.")] = Path(
        "recipe.yaml"
    ),
    *,
    model: Annotated[
        str,
        typer.Option(
            help="Kind of model: belief_net, convnet, rbm, mlp, regressor.", autocompletion=_models
        ),
    ] = "belief_net",
    data: Annotated[
        str,
        typer.Option(
            help="Kind of data: image_folder, arrays, table, digits, ...", autocompletion=_data
        ),
    ] = "image_folder",
) -> None:
    """Write a recipe for your own data, with a comment on every setting."""
    from harmonium.describe.builtin import write_new
    from harmonium.describe.starter import starter

    say(str(write_new(file, starter(model=model, data=data, file=str(file)))))
    where = shlex.quote(str(file))
    note(f"next: put your data where the recipe expects them, then harmonium validate {where}")
