"""``harmonium import``: reads a net of Caffe."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.output import note, say, table
from harmonium.errors import UsageError

__all__ = ["import_"]


class Phase(StrEnum):
    """Phases of Caffe."""

    train = "train"
    test = "test"


def import_(  # noqa: PLR0913
    description: Annotated[
        Path, typer.Argument(metavar="FILE.prototxt", help="Description of a net of Caffe.")
    ],
    weights: Annotated[
        Path | None, typer.Argument(metavar="[FILE.caffemodel]", help="Its weights.")
    ] = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="New folder for the net; without it, only print."),
    ] = None,
    shape: Annotated[
        str | None,
        typer.Option(
            help="Channels, rows and columns of a picture, 1,28,28, where the file has none."
        ),
    ] = None,
    phase: Annotated[Phase, typer.Option(help="Take the layers of this phase.")] = Phase.test,
    end: Annotated[
        str | None, typer.Option("--end", help="Blob that is the output, where there are several.")
    ] = None,
) -> None:
    """Read a net of Caffe: print its layers, and write it for this library.

    The folder gets net.safetensors, which harmonium.load reads, and model.yaml, the section
    `model` of a recipe.
    """
    from harmonium.caffe import read_caffe
    from harmonium.caffe.folder import write_folder

    if output is not None and output.exists() and any(output.iterdir()):
        raise FileExistsError(f"{output} is not empty: name a new folder")
    found = read_caffe(description, weights, shape=_axes(shape), phase=phase.value, output=end)
    rows = [
        [node.name, node.type, " x ".join(map(str, node.shape)), _count(node.module)]
        for node in found.net.nodes
    ]
    say(table(["layer", "type", "output", "parameters"], rows))
    total = sum(p.numel() for p in found.net.parameters())
    say(f"\n{found.name}: {total:,d} parameters, outputs {found.net.output_kind}")
    for text in found.notes:
        note(text)
    if output is not None:
        for path in write_folder(found, output):
            say(str(path))


def _count(module: object) -> int:
    return sum(p.numel() for p in module.parameters())  # type: ignore[attr-defined]


def _axes(shape: str | None) -> tuple[int, ...] | None:
    if shape is None:
        return None
    try:
        axes = tuple(int(part) for part in shape.split(","))
    except ValueError:
        axes = ()
    if not axes or min(axes) < 1:
        raise UsageError(f"--shape {shape!r}: give positive numbers, such as 1,28,28")
    return axes
