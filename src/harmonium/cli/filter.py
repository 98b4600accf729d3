"""``harmonium filter``: filters a picture by a named kernel."""

from pathlib import Path
from typing import Annotated, Any

import typer

from harmonium.cli.options import Overwrite
from harmonium.cli.output import say
from harmonium.errors import UsageError

__all__ = ["filter_picture"]

_PRINTED = 12
"""Most columns and rows of a result that is printed as numbers."""


def filter_picture(  # noqa: PLR0913
    image: Annotated[
        str,
        typer.Argument(
            metavar="IMAGE", help="A picture file, or one that is built in: steps, china, flower."
        ),
    ],
    *,
    kernel: Annotated[
        str,
        typer.Option(
            "--kernel",
            "-k",
            help="identity, edge1, edge2, edge3, sharpen, box, gauss, sobel_x, sobel_y, sobel "
            '(magnitude), or numbers such as "0 1 0; 1 -4 1; 0 1 0".',
        ),
    ],
    padding: Annotated[
        str, typer.Option(help="valid, same, or the width of a border of zeros.")
    ] = "valid",
    stride: Annotated[int, typer.Option(min=1, help="Pixels between neighbouring windows.")] = 1,
    dilation: Annotated[int, typer.Option(min=1, help="Pixels between neighbouring weights.")] = 1,
    flip: Annotated[
        bool, typer.Option("--flip", help="Turn the kernel by 180 degrees: a true convolution.")
    ] = False,
    display: Annotated[
        str,
        typer.Option(
            help="Values outside of 0 to 255: clip, absolute (sizes, clipped), or range (lowest "
            "black, highest white)."
        ),
    ] = "clip",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The new .png. Default: IMAGE-KERNEL.png, in this folder."
        ),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Filter a picture by a kernel, which is laid on it as it is printed, and write a picture.

    Every colour is filtered by itself. Small results are printed as numbers too.
    """
    from harmonium import apply
    from harmonium.nets.kernels import filtered

    if display not in ("clip", "absolute", "range"):
        raise UsageError(f"--display {display}: choose from clip, absolute, range")
    place = output if output is not None else _place(image, kernel)
    pixels = apply.grey_levels(image)
    border: Any = int(padding) if padding.isdigit() else padding
    found = filtered(pixels, kernel, padding=border, stride=stride, dilation=dilation, flip=flip)
    how: Any = display
    apply.write_grey_levels(found, place, display=how, overwrite=overwrite)
    if found.ndim == 2 and max(found.shape) <= _PRINTED:
        say("\n".join(" ".join(f"{value:7.4g}" for value in row) for row in found.tolist()))
    say(
        f"{place}: {found.shape[-2]} x {found.shape[-1]} pixels, values from "
        f"{_number(found.min())} to {_number(found.max())}"
    )


def _place(image: str, kernel: str) -> Path:
    """Name of the new file: of the picture and of the kernel, if it has one."""
    name = kernel if kernel.replace("_", "").isalnum() else "kernel"
    return Path(f"{Path(image).stem}-{name}.png")


def _number(value: Any) -> str:  # noqa: ANN401
    return f"{float(value):.4g}"
