"""``harmonium export``: writes a model of a run for other programs."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Overwrite, RunName, Trial
from harmonium.cli.output import say

__all__ = ["export"]


class Format(Enum):
    """Formats of files of models."""

    onnx = "onnx"
    safetensors = "safetensors"


class What(Enum):
    """Parts of a model."""

    forward = "forward"
    encode = "encode"
    decode = "decode"
    free_energy = "free_energy"
    gibbs = "gibbs"


def export(  # noqa: PLR0913
    run: RunName,
    *,
    to: Annotated[Format, typer.Option("--format", help="Format of the file.")] = Format.onnx,
    what: Annotated[
        What,
        typer.Option(
            help="forward: outputs of a net, or log-probabilities of a machine's classes; encode, "
            "decode: codes from rows, rows from codes; free_energy: in nats; gibbs: sweeps of "
            "Gibbs sampling."
        ),
    ] = What.forward,
    steps: Annotated[int, typer.Option(min=1, help="Number of Gibbs sweeps.")] = 1,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The new file. Default: NAME-WHAT.onnx, here."),
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Run the file in ONNX Runtime and compare its numbers."),
    ] = False,
    trial: Trial = 0,
    overwrite: Overwrite = False,
) -> None:
    """Write a model of a run as an ONNX file, or as the safetensors file of the library.

    The ONNX file reads rows as the run's data have them, any number at once: the transforms of
    the run are a part of it. The safetensors file holds the whole model and no transforms.
    """
    from harmonium import apply
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial)
    part = "" if to is Format.safetensors else f"-{what.value}"
    path = output or Path(f"{used.recipe.name}{part}.{to.value}")
    if path.suffix != f".{to.value}":
        raise typer.BadParameter(
            f"{path}: a file of format {to.value} ends in .{to.value}", param_hint="--output"
        )
    if verify and not part:
        raise typer.BadParameter(
            "only an ONNX file is run and compared: leave it out", param_hint="--verify"
        )
    written = apply.export_run(
        used, path, what=what.value, steps=steps, verify=verify, overwrite=overwrite
    )
    say(f"{written}: {what.value if part else 'the whole model'} of {used.run.path}")
    if verify:
        say("ONNX Runtime gives the same numbers")
