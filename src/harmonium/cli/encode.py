"""``harmonium encode``: writes hidden features of rows."""

from typing import Annotated

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Device, Input, NewFile, Overwrite, RunName, Trial
from harmonium.cli.output import say

__all__ = ["encode"]


def encode(  # noqa: PLR0913
    run: RunName,
    *,
    output: NewFile,
    source: Input = None,
    layer: Annotated[
        str | None,
        typer.Option(
            help='Hidden layer, such as h1, or "net" for the fine-tuned net. Default: the last.'
        ),
    ] = None,
    trial: Trial = 0,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Write the hidden features of rows, in their order, to .npy, .csv, .parquet or .h5."""
    from harmonium import apply
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    columns, chunks = apply.encodings(used, apply.rows_of(used, source), layer=layer)
    with apply.new_table(output, columns, overwrite=overwrite) as table:
        for chunk in chunks:
            table.add(chunk)
    say(f"{output}: {columns.rows} rows of {len(columns.parts['code'])} features")
