"""``harmonium retrieve``: finds nearest rows by bits, or across kinds of data."""

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
    asks: Annotated[
        str | None,
        typer.Option(
            help="Part of a row that asks, of a joint embedding: the words by default, or picture."
        ),
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option(
            help='Words that ask in place of rows, such as "red circle"; may be given several '
            "times."
        ),
    ] = None,
    trial: Trial = 0,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Find the training rows with the nearest bits, or words and pictures in one space.

    The new .npy, .csv, .parquet or .h5 has one line for each row: the numbers of the rows found
    and their Hamming distances, the nearest first; .npy holds the numbers alone. For a run with
    a joint embedding, words find the training rows with the nearest pictures, and pictures
    (--asks picture) the nearest words, with the cosine of their codes.
    """
    from harmonium import apply
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    if words or asks or apply.embeds_parts(used):
        if index is not None:
            raise typer.BadParameter(
                "a search in a joint space needs no index: leave it out", param_hint="--index"
            )
        rows = apply.asked_words(used, words) if words else apply.rows_of(used, source)
        columns, chunks = apply.across(used, rows, asks=None if words else asks, k=k)
        with apply.new_table(output, columns, overwrite=overwrite) as table:
            for chunk in chunks:
                table.add(chunk)
        say(f"{output}: {columns.rows} rows, each with the nearest {k} {columns.main}s")
        return
    there = apply.index_of(used, index)
    columns, chunks = apply.matches(used, apply.rows_of(used, source), index=there, k=k)
    with apply.new_table(output, columns, overwrite=overwrite) as table:
        for chunk in chunks:
            table.add(chunk)
    say(f"{output}: {columns.rows} rows, each with the nearest {k} of {len(there)}")
