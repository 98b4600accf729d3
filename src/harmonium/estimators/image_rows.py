"""Arrays of pictures as flat rows, and back."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from harmonium.data import Numbers, Picture, of_shape
from harmonium.errors import UsageError

__all__ = ["as_rows", "shape_of_rows"]


def as_rows(X: Any, picture: tuple[int, ...] | None = None) -> tuple[Any, tuple[int, ...] | None]:  # noqa: ANN401
    """Flat rows ``(N, D)`` of pictures, channel by channel, and the shape of a picture.

    Pictures are ``(N, H, W)``, ``(N, C, H, W)`` or ``(N, H, W, C)``: three axes of which only the
    last is 1 or 3 have their channels last. Pictures of whole numbers become float32, and those
    of type uint8 are divided by 255.

    Args:
        X: anything; what is no array of three or four axes is returned as it is.
        picture: shape of pictures of earlier calls, with which these have to agree.

    Returns:
        The rows, and (C, H, W); None for rows that came flat.

    Raises:
        ValueError: the pictures have another shape than those of earlier calls.

    >>> as_rows(np.zeros((2, 4, 5, 3), dtype=np.uint8))[1], as_rows(np.zeros((2, 6)))[1]
    ((3, 4, 5), None)
    """
    array = X.detach().cpu().numpy() if isinstance(X, Tensor) else X
    if not isinstance(array, np.ndarray) or array.ndim not in (3, 4):
        return X, None
    if array.dtype.kind in "ui":
        array = _numbers(array)
    array = array[:, None] if array.ndim == 3 else array
    kind = of_shape(array.shape[1:])
    if isinstance(kind, Picture) and kind.stored == (*kind.shape[1:], kind.shape[0]):
        array = np.moveaxis(array, -1, 1)
    found = tuple(array.shape[1:])
    if picture is not None and found != picture:
        raise UsageError(
            f"pictures of shape {found} (channels, height, width), and fit saw {picture}: give "
            "pictures of the same shape"
        )
    return np.ascontiguousarray(array).reshape(len(array), math.prod(found)), found


def _numbers(array: NDArray[Any]) -> NDArray[Any]:
    real = array.astype(np.float32)
    return real / 255 if array.dtype == np.uint8 else real


def shape_of_rows(width: int, given: Sequence[int] | None) -> tuple[int, ...]:
    """Shape in which a net reads flat rows: (C, H, W), or (1, D) for a row of D numbers.

    Args:
        width: D, numbers of a row.
        given: (H, W) or (C, H, W) of pictures stored channel by channel, or any other shape
            (channels, ...); None for a line of numbers.

    Raises:
        ValueError: the shape has another number of values.

    >>> shape_of_rows(64, (8, 8)), shape_of_rows(10, None)
    ((1, 8, 8), (1, 10))
    """
    if given is None:
        return 1, width
    axes = tuple(map(int, given))
    if not axes or min(axes) < 1 or int(np.prod(axes)) != width:
        raise UsageError(
            f"shape={axes} does not fit rows of {width} values: give (height, width) or "
            "(channels, height, width)"
        )
    kind = of_shape(axes)
    grey = isinstance(kind, Numbers | Picture) and len(axes) == 2
    return (1, *axes) if grey else axes
