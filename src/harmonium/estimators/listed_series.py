"""Series from users: lists of arrays of any length, or arrays, as one batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.estimators.frames import FLOATS, check_numbers

__all__ = ["as_series", "is_table"]


def is_table(X: Any) -> bool:  # noqa: ANN401
    """Whether X is a table of numbers, or anything that is neither a list of series nor an array.

    >>> is_table(np.zeros((3, 4))), is_table(np.zeros((3, 4, 1))), is_table([np.zeros((5, 2))])
    (True, False, False)
    >>> is_table([[1.0, 2.0], [3.0, 4.0]]), is_table([np.zeros(3), np.zeros(4)])
    (True, False)
    """
    if isinstance(X, list | tuple):
        arrays = [x for x in X if isinstance(x, np.ndarray | Tensor)]
        listed = len(arrays) == len(X) > 0
        return not listed and not _deep(X)
    return getattr(X, "ndim", 2) != 3


def as_series(X: Any, *, channels: int | None = None) -> Tensor:  # noqa: ANN401
    """Series ``(n, T, C)``, NaN after the end of those that are shorter than T.

    Args:
        X: list of arrays ``(T_i, C)`` or ``(T_i,)``, or an array ``(n, T, C)`` or ``(n, T)``.
        channels: C that is needed; None for any.

    Raises:
        ValueError: there are no series, one is empty or has other channels, or values are no
            finite numbers.

    >>> as_series([np.zeros((2, 1)), np.zeros((3, 1))]).isnan().sum((1, 2)).tolist()
    [1, 0]
    """
    parts = [_frames(x, place=k) for k, x in enumerate(X)]
    if not parts:
        raise UsageError("X has no series: give at least one")
    width = parts[0].shape[1] if channels is None else channels
    for k, part in enumerate(parts):
        if part.shape[1] != width:
            seen = "fit saw" if channels is not None else "the first one has"
            raise UsageError(
                f"X, series {k}: {part.shape[1]} channels, and {seen} {width}: give series "
                "(n_frames, n_channels) with the same channels"
            )
    dtype = torch.float32 if all(p.dtype == torch.float32 for p in parts) else torch.float64
    return torch.nn.utils.rnn.pad_sequence(
        [part.to(dtype) for part in parts], batch_first=True, padding_value=torch.nan
    )


def _frames(x: Any, *, place: int) -> Tensor:  # noqa: ANN401
    """One series ``(T, C)``."""
    array = x.detach().cpu().numpy() if isinstance(x, Tensor) else np.asarray(x)
    check_numbers(array)
    if array.ndim not in (1, 2) or not array.size:
        raise UsageError(
            f"X, series {place}: an array of shape {array.shape}: give (n_frames, n_channels), "
            "with at least one frame"
        )
    if array.dtype not in FLOATS:
        array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise UsageError(
            f"X, series {place}: a value is NaN or infinite: fill the gaps in, or leave the "
            "series out"
        )
    frames = torch.from_numpy(np.ascontiguousarray(array))
    return frames if frames.ndim == 2 else frames[:, None]


def _deep(X: Sequence[Any]) -> bool:
    """Whether a list is nested three times."""
    first = X[0] if len(X) else None
    return isinstance(first, list | tuple) and any(isinstance(x, list | tuple) for x in first)
