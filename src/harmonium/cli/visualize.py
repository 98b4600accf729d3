"""``harmonium visualize``: shows what the convolutional net of a run sees."""

from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Overwrite, RunName, Trial
from harmonium.cli.output import say
from harmonium.errors import UsageError

__all__ = ["visualize"]

FOLDER = Path("visualize")
"""Default folder of the page, in the working directory."""


def visualize(  # noqa: PLR0913
    run: RunName,
    *,
    what: Annotated[
        list[str] | None,
        typer.Option(
            help="filters, maps, moving, saliency, occlusion, excite or deconvolution; may be "
            "given several times. Default: all."
        ),
    ] = None,
    layer: Annotated[
        str | None, typer.Option(help="Layer to look at. Default: the choice of each view.")
    ] = None,
    rows: Annotated[
        str | None,
        typer.Option(
            help="Numbers of test rows (else validation rows), from 0, such as 0,3,12. Default: "
            "the first of each class, six at most."
        ),
    ] = None,
    trial: Trial = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder of the page and its pictures. Default: visualize/ here, whose page is "
            "replaced.",
        ),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Show what the convolutional net of a run sees: a page, and its pictures as PNG files.

    The run is not changed. A moving picture is an animated PNG, named with -moving.
    """
    from harmonium import apply
    from harmonium.runs import Run

    made = apply.visualize(
        Run.open(find_run(run)), what=what or (), layer=layer, rows=_numbers(rows), trial=trial
    )
    folder = FOLDER if output is None else output
    page, pictures = made.write(folder, overwrite=overwrite or output is None)
    for path in pictures:
        say(str(path))
    for title, reason in made.left_out.items():
        say(f"left out: {title}: {reason}")
    say(str(page))


def _numbers(rows: str | None) -> tuple[int, ...] | None:
    if rows is None:
        return None
    parts = rows.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise UsageError(f"--rows {rows!r}: give whole numbers with commas, such as 0,3,12")
    return tuple(int(part) for part in parts)
