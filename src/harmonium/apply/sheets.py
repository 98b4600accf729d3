"""Draws rows as one picture."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor

from harmonium.apply.tables import SUFFIXES, Columns, new_file, new_table
from harmonium.errors import UsageError
from harmonium.report import images

__all__ = ["grey", "new_picture", "picture_shape"]


def picture_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """Shape in which rows are drawn: their own if they are images, otherwise one line each.

    >>> picture_shape((28, 28)), picture_shape((64,))
    ((28, 28), (1, 64))
    """
    shape = tuple(shape)
    if len(shape) == 2 or (len(shape) == 3 and shape[0] in (1, 3)):
        return shape
    return (1, math.prod(shape))


def grey(x: Tensor) -> Tensor:
    """Rows as grey values in [0, 1], rescaled to their minimum and maximum if they lie outside."""
    low, high = torch.aminmax(x)
    if low >= 0 and high <= 1:
        return x
    return (x - low) / (high - low).clamp(min=1e-12)


@contextmanager
def new_picture(
    path: str | os.PathLike[str],
    *,
    shape: Sequence[int],
    names: Sequence[str] = (),
    rows: int,
    overwrite: bool = False,
) -> Iterator[Callable[[Tensor], None]]:
    """Yields a function that writes rows ``(N, D)`` as small images (.png) or as a table.

    The file exists once the block ends without an error.

    Args:
        path: the file; its suffix selects the format.
        shape: of a row.
        names: of the D values, for a table.
        rows: number of rows that will be written.
        overwrite: replace an existing file.

    Raises:
        ImportError: a package is missing; the message has the pip command.
        ValueError: the suffix is not supported.
        FileExistsError: the file exists, and `overwrite` is False.
    """
    if Path(path).suffix.lower() == ".png":
        with new_file(path, suffixes=(".png",), overwrite=overwrite) as part:
            yield lambda x: _draw(x, part, shape=shape)
        return
    if Path(path).suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"{path}: {Path(path).suffix or 'no suffix'} is not a format to write; choose from "
            f".png, {', '.join(SUFFIXES)}"
        )
    width = math.prod(shape)
    columns = Columns(rows, "x", {"x": list(names) or [f"x_{k}" for k in range(width)]})
    with new_table(path, columns, overwrite=overwrite) as table:
        yield lambda x: table.add({"x": x.detach().cpu().numpy()})


def _draw(x: Tensor, path: Path, *, shape: Sequence[int]) -> None:
    figure = images(grey(x.detach().cpu().float()).numpy(), picture_shape(shape))
    figure.savefig(path)
