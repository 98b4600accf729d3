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
    """Measure predictions: accuracy and which classes are confused, or errors of real values."""
    from harmonium import apply
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    if source is None:
        found = apply.evaluate(used, used.dataset(), part=split)
    else:
        found = apply.evaluate(used, apply.like_training(used, source), part="train")
        found["part"] = str(source)
    if as_json:
        emit(found)
    else:
        _tell(found)


def _tell(found: dict[str, Any]) -> None:
    if "rmse" in found:
        _tell_errors(found)
        return
    part = found["part"]
    named = part in ("train", "validation", "test")
    words = {"train": "training"}.get(part, part)
    rows = f"{found['rows']} {words} rows" if named else f"{found['rows']} rows of {part}"
    spread = f"{100 * found['accuracy']:.1f} % +- {100 * found['stderr']:.1f}"
    say(f"accuracy: {spread} (with its standard error, on {rows})")
    if "cross_entropy" in found:
        say(f"cross-entropy: {found['cross_entropy']:.4f} nats per row")
    names = list(map(str, found["classes"]))
    say("\nconfusion matrix: each line is a true class, each column a predicted class")
    say(table(["", *names], ([n, *row] for n, row in zip(names, found["confusion"], strict=True))))


def _tell_errors(found: dict[str, Any]) -> None:
    part = {"train": "training"}.get(found["part"], found["part"])
    names = ", ".join(found["targets"])
    spread = f"{found['rmse']:.5g} +- {found['rmse_stderr']:.2g}"
    say(f"root mean square error of {names}: {spread} (on {found['rows']} {part} rows)")
    say(f"R^2, share of variance explained: {found['r2']:.4f}")
