"""``harmonium retrieve``: finds the training rows whose bits are nearest."""

from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Device, Input, NewFile, Overwrite, RunName, Trial
from harmonium.cli.output import say

__all__ = ["retrieve"]


def retrieve(  # noqa: PLR0913
    run: RunName,
    *,
    output: NewFile,
    source: Input = None,
    k: Annotated[int, typer.Option("-k", min=1, help="Rows to find for each row.")] = 10,
    index: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the index, made at first use. Default: in the run's directory."
        ),
    ] = None,
    trial: Trial = 0,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Find the training rows with the nearest bits, exactly, for a run with a noisy code.

    The new .npy, .csv, .parquet or .h5 has one line for each row: the numbers of the rows found
    and their Hamming distances, the nearest first; .npy holds the numbers alone.
    """
    from harmonium import apply
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    there = apply.index_of(used, index)
    columns, chunks = apply.matches(used, apply.rows_of(used, source), index=there, k=k)
    with apply.new_table(output, columns, overwrite=overwrite) as table:
        for chunk in chunks:
            table.add(chunk)
    say(f"{output}: {columns.rows} rows, each with the nearest {k} of {len(there)}")
