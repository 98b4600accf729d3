"""``harmonium evaluate``: measures the predictions of a run on labelled rows."""

from typing import Annotated, Any

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Device, Input, RunName, Trial
from harmonium.cli.output import AsJson, emit, say, table

__all__ = ["evaluate"]


def evaluate(  # noqa: PLR0913
    run: RunName,
    *,
    source: Input = None,
    split: Annotated[
        str, typer.Option(help="Which rows of the run's own data: train, validation or test.")
    ] = "test",
    trial: Trial = 0,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Measure predictions: accuracy and confusion of classes, errors of real values, or texts."""
    from harmonium import apply
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    if source is None:
        measures = apply.evaluate(used, used.dataset(), part=split)
    else:
        measures = apply.evaluate(used, apply.like_training(used, source), part="train")
        measures["part"] = str(source)
    if as_json:
        emit(measures)
    else:
        _tell(measures)


def _tell(measures: dict[str, Any]) -> None:
    if "token_nats" in measures:
        _tell_costs(measures)
        return
    if "rmse" in measures:
        _tell_errors(measures)
        return
    part = measures["part"]
    named = part in ("train", "validation", "test")
    words = {"train": "training"}.get(part, part)
    rows = f"{measures['rows']} {words} rows" if named else f"{measures['rows']} rows of {part}"
    spread = f"{100 * measures['accuracy']:.1f} % +- {100 * measures['stderr']:.1f}"
    say(f"accuracy: {spread} (with its standard error, on {rows})")
    if "cross_entropy" in measures:
        say(f"cross-entropy: {measures['cross_entropy']:.4f} nats per row")
    names = list(map(str, measures["classes"]))
    say("\nconfusion matrix: each line is a true class, each column a predicted class")
    say(
        table(
            ["", *names], ([n, *row] for n, row in zip(names, measures["confusion"], strict=True))
        )
    )


def _tell_costs(measures: dict[str, Any]) -> None:
    part = {"train": "training"}.get(measures["part"], measures["part"])
    spread = f"{measures['token_nats']:.4f} +- {measures['token_nats_stderr']:.4f}"
    say(f"cost of the next symbol: {spread} nats (on {measures['symbols']} {part} symbols)")
    say(f"in bits: {measures['token_bits']:.4f}; perplexity: {measures['token_perplexity']:.3f}")


def _tell_errors(measures: dict[str, Any]) -> None:
    part = {"train": "training"}.get(measures["part"], measures["part"])
    names = ", ".join(measures["targets"])
    spread = f"{measures['rmse']:.5g} +- {measures['rmse_stderr']:.2g}"
    say(f"root mean square error of {names}: {spread} (on {measures['rows']} {part} rows)")
    say(f"R^2, share of variance explained: {measures['r2']:.4f}")
