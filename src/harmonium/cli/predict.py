"""``harmonium predict``: writes the predicted class or values of every row."""

from typing import Annotated

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Device, Input, NewFile, Overwrite, RunName, Seed, Trial
from harmonium.cli.output import say

__all__ = ["predict"]


def predict(  # noqa: PLR0913
    run: RunName,
    *,
    output: NewFile,
    source: Input = None,
    temperature: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Draw the words of captions, at 1 from their probabilities, below 1 more often "
            "the likely ones. Default: the most probable word at each step.",
        ),
    ] = None,
    seed: Seed = 0,
    trial: Trial = 0,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Write label and class probabilities of rows, in their order, to .csv, .parquet or .h5.

    The columns of the probabilities are named after the classes; .npy holds them alone. A model
    without probabilities, such as a perceptron, gives the labels; one of real targets, values.
    For trees, .txt holds them in brackets with the predicted class of every node; for a model
    that writes sequences, what it writes for each row, or for each line of a text, and for
    pictures their captions. A run that
    forecasts writes a row for each step after the end of the table --input, or after every origin
    of its own test rows: expected value, lower and upper end of its interval.
    """
    from harmonium import apply
    from harmonium.runs import Run
    from harmonium.sampling.picking import Pick

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    pick = None if temperature is None else Pick(temperature=temperature)
    if output.suffix.lower() in apply.LINES:
        rows = apply.rows_of(used, source)
        written = apply.write_lines(
            output, used, split=rows, pick=pick, seed=seed, overwrite=overwrite
        )
        say(f"{output}: {written} lines")
        return
    if apply.forecasts(used):
        columns, chunks = apply.forecast_rows(used, source)
    else:
        rows = apply.rows_of(used, source)
        columns, chunks = apply.predictions(used, rows, pick=pick, seed=seed)
    with apply.new_table(output, columns, overwrite=overwrite) as table:
        for chunk in chunks:
            table.add(chunk)
    what = ", ".join(f"{len(names)} {_MANY[part]}" for part, names in columns.parts.items())
    say(f"{output}: {columns.rows} rows, {what or 'their labels'}")


_MANY = {
    "lower": "lower ends",
    "probability": "classes",
    "upper": "upper ends",
    "value": "targets",
}
"""Name of a part of the table -> meaning of its columns."""
