"""``harmonium decode``: turns codes into rows."""

from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Device, NewFile, Overwrite, RunName, Trial
from harmonium.cli.output import note, say

__all__ = ["decode"]


def decode(  # noqa: PLR0913
    run: RunName,
    codes: Annotated[
        Path,
        typer.Argument(
            metavar="CODES",
            help="Codes, one in each row, as `encode` writes them: .npy, .csv, .parquet or .h5.",
        ),
    ],
    *,
    output: NewFile,
    trial: Trial = 0,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Decode codes to rows: a .png sheet, or values to .npy, .csv, .parquet or .h5.

    The values are in the units of the run's data; if a transform of the data cannot be undone, in
    those that the model reads.
    """
    from harmonium import apply
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    found = apply.decode(used, apply.codes_in(used, codes))
    n, width = found.rows.shape
    with apply.new_picture(
        output, shape=found.shape, names=found.names, rows=n, overwrite=overwrite
    ) as write:
        write(found.rows)
    if not found.undone:
        note("the values are those of transformed rows, as a transform cannot be undone")
    say(f"{output}: {n} rows of {width} values")
