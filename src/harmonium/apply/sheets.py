"""Rows as one picture."""

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
    """The shape as which rows can be shown: their own if they are images, else one line each.

    >>> picture_shape((28, 28)), picture_shape((64,))
    ((28, 28), (1, 64))
    """
    shape = tuple(shape)
    if len(shape) == 2 or (len(shape) == 3 and shape[0] in (1, 3)):
        return shape
    return (1, math.prod(shape))


def grey(x: Tensor) -> Tensor:
    """Rows in [0, 1]: as they are if they lie there, else from the least to the largest value."""
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
    """A function that writes rows ``(N, D)``: to .png as many small images, else as a table.

    The file is there when the block ends without an error.

    Args:
        path: its suffix chooses.
        shape: of a row.
        names: of the D values, for a table.
        rows: how many there will be.
        overwrite: replace a file that is there.

    Raises:
        ImportError: a package is missing; the message has the pip line.
        ValueError: the suffix cannot be written.
        FileExistsError: there is such a file, and `overwrite` is False.
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
