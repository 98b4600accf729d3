"""Arguments and options that several verbs have."""

from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.naming import complete_run

__all__ = ["Device", "Input", "NewFile", "Overwrite", "RunName", "Seed", "Trial"]

RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help='Path of a run, the beginning of its name, or "last".',
        autocompletion=complete_run,
    ),
]
Input = Annotated[
    Path | None,
    typer.Option(
        "--input",
        "-i",
        help="Rows: .npy, .npz, .h5, .csv, .parquet, a folder of images; text or FASTA if the run "
        "learned from it. Default: the run's own rows.",
    ),
]
NewFile = Annotated[Path, typer.Option("--output", "-o", help="New file; its suffix says which.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")]
Trial = Annotated[int, typer.Option(min=0, help="Which trial of the run, from 0.")]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Of the draws.")]
Device = Annotated[str, typer.Option(help="cpu, cuda, cuda:0 or mps.")]
