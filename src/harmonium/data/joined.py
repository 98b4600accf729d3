"""Kind of rows that hold several kinds of data side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from torch import Tensor

from harmonium.data.streamed import Rows
from harmonium.errors import DataError

if TYPE_CHECKING:
    from harmonium.data.kinds import Numbers, Picture

__all__ = ["Joined"]


@dataclass(frozen=True, repr=False)
class Joined:
    """Several kinds of data side by side in one row, such as a picture and its words.

    Each part is tied by its name to the visible group of that name of a ``multimodal_dbm``.

    Args:
        parts: name -> kind, in the order of their values in a row.

    Raises:
        ValueError: fewer than two parts.

    >>> from harmonium.data import Numbers, Picture
    >>> both = Joined({"picture": Picture((1, 2, 2)), "words": Numbers((3,), ("a", "b", "c"))})
    >>> both, both.spans["words"]
    (Joined(picture: Picture(1 x 2 x 2), words: Numbers(a, b, c)), slice(4, 7, None))
    """

    parts: Mapping[str, Numbers | Picture]
    names: ClassVar[tuple[str, ...]] = ()
    """Empty: only the parts have names."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", dict(self.parts))
        if len(self.parts) < 2:
            raise DataError(f"parts {[*self.parts]}: at least two are joined in a row")

    @property
    def shape(self) -> tuple[int, ...]:
        """(D,): the values of all parts."""
        return (sum(math.prod(part.shape) for part in self.parts.values()),)

    @property
    def stored(self) -> tuple[int, ...]:
        """Axes of a stored row: (D,)."""
        return self.shape

    @property
    def spans(self) -> dict[str, slice]:
        """Part -> its values in a row."""
        found, at = {}, 0
        for name, part in self.parts.items():
            found[name] = slice(at, at := at + math.prod(part.shape))
        return found

    def check(self, values: Rows) -> None:
        """Checks flat rows ``(N, D)``; rows in a file are not read.

        Raises:
            ValueError: rows are not floating point, or have another number of values.
        """
        width = math.prod(values.shape[1:])
        if not values.is_floating_point() or values.ndim != 2 or width != self.shape[0]:
            raise DataError(
                f"rows of {width} values of {values.dtype}; the parts of a row have "
                f"{self.shape[0]} together, in floating point"
            )

    def shaped(self, rows: Tensor) -> Tensor:
        """Returns the rows ``(B, D)``: the parts have different shapes."""
        return rows.reshape(len(rows), *self.shape)

    def flat(self, values: Tensor) -> Tensor:
        """Returns the rows unchanged."""
        return values

    def __repr__(self) -> str:
        return f"Joined({', '.join(f'{name}: {part}' for name, part in self.parts.items())})"
