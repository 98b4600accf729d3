"""``harmonium predict``: writes the predicted class or values of every row."""

from harmonium.cli.naming import find_run
from harmonium.cli.options import Device, Input, NewFile, Overwrite, RunName, Trial
from harmonium.cli.output import say

__all__ = ["predict"]


def predict(
    run: RunName,
    *,
    output: NewFile,
    source: Input = None,
    trial: Trial = 0,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Write label and class probabilities of rows, in their order, to .csv, .parquet or .h5.

    The columns of the probabilities are named after the classes; .npy holds them alone. A model
    without probabilities, such as a perceptron, gives the labels; one of real targets, values.
    For trees, .txt holds them in brackets with the predicted class of every node; for a model
    that writes sequences, what it writes for each row, or for each line of a text. A run that
    forecasts writes a row for each step after the end of the table --input, or after every origin
    of its own test rows: expected value, lower and upper end of its interval.
    """
    from harmonium import apply
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    if output.suffix.lower() in apply.LINES:
        rows = apply.rows_of(used, source)
        written = apply.write_lines(output, used, split=rows, overwrite=overwrite)
        say(f"{output}: {written} lines")
        return
    if apply.forecasts(used):
        columns, chunks = apply.forecast_rows(used, source)
    else:
        columns, chunks = apply.predictions(used, apply.rows_of(used, source))
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
