"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.naming import complete_recipe, complete_run

__all__ = [
    "Device",
    "Input",
    "NewFile",
    "Overrides",
    "Overwrite",
    "Recipe",
    "RecipeOrRun",
    "RunName",
    "Seed",
    "Trial",
]


def _complete(incomplete: str) -> list[str]:
    return complete_recipe(incomplete) + complete_run(incomplete)


RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help='Path of a run, the beginning of its name, or "last".',
        autocompletion=complete_run,
    ),
]
Recipe = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE",
        help="A YAML file, or the name of a built-in recipe.",
        autocompletion=complete_recipe,
    ),
]
RecipeOrRun = Annotated[
    str,
    typer.Argument(metavar="RECIPE|RUN", help="A recipe or a run.", autocompletion=_complete),
]
Overrides = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY.SUB=VALUE]...", help="Settings that replace the recipe's."),
]
Input = Annotated[
    Path | None,
    typer.Option(
        "--input",
        "-i",
        help="New rows: .npy, .npz, .h5, .csv, .parquet, a folder of images; text or FASTA if the "
        "run learned from it. Default: the run's own rows.",
    ),
]
NewFile = Annotated[
    Path, typer.Option("--output", "-o", help="The new file; its suffix gives the format.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")]
Trial = Annotated[int, typer.Option(min=0, help="Number of the trial; the first is 0.")]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of the random numbers.")]
Device = Annotated[str, typer.Option(help="Where to compute: cpu, cuda, cuda:0 or mps.")]
