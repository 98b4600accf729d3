"""Examples: columns of rows that are used together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from harmonium.data.kinds import Kind
from harmonium.data.streamed import Rows, Streamed, taken
from harmonium.errors import DataError, UsageTypeError
from harmonium.files import plain

__all__ = ["Examples", "Split"]


@dataclass(frozen=True, eq=False, repr=False)
class Examples:
    """Columns of rows that are used together, by name.

    Rows are flat, ``(N, D)`` or ``(N,)``, in memory (a tensor) or in a file (`Streamed`); `batch`
    gives them the shape of their column's kind. Three names have a fixed meaning:

    - "x", the input: floating point (N, D), or int64 (N, T), indices of tokens.
    - "y", to be predicted: int64 (N,), indices of classes, -1 for a row without a label; or real
      targets, floating point (N, K), finite.
    - "weights", floating point (N,): importance of the rows.

    Args:
        columns: name -> rows; all of the same length.
        names: of the rows, such as files; bytes that are not text are escaped.
        kinds: name -> kind, if known. A `DataSet` sets those of its own examples.

    Raises:
        ValueError: lengths of the columns differ, or a column is not as stated above.

    >>> from harmonium.data.kinds import Picture
    >>> two = Examples({"x": torch.zeros(2, 4)}, kinds={"x": Picture((1, 2, 2))})
    >>> two, two.batch(slice(1))["x"].shape
    (Examples(2 rows of 4, no labels), torch.Size([1, 1, 2, 2]))
    """

    columns: Mapping[str, Rows]
    names: tuple[str, ...] | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.columns, Mapping):
            raise UsageTypeError(
                f"examples are a mapping from names of columns to rows, not {type(self.columns)}: "
                'Examples({"x": rows})'
            )
        object.__setattr__(self, "columns", dict(self.columns))
        if not self.columns:
            raise DataError("examples without a column: give at least one")
        lengths = {
            name: len(column) if column.ndim else 0 for name, column in self.columns.items()
        }
        first, n = next(iter(lengths.items()))
        if self.names is not None:
            object.__setattr__(self, "names", tuple(map(plain, self.names)))
            lengths["names"] = len(self.names)
        words = {"y": "labels or targets"}
        for name, length in lengths.items():
            if length != n:
                what = "rows" if first == "x" else first
                raise DataError(
                    f"{n} {what} but {length} {words.get(name, name)}: one per row is needed"
                )
        _check_columns(self.columns)

    # --- the usual columns ---------------------------------------------------------------------

    @property
    def x(self) -> Rows:
        """The input, flat, (N, D).

        Raises:
            ValueError: there is no column "x".
        """
        if "x" not in self.columns:
            raise DataError(f"no column 'x'; there are {', '.join(self.columns)}")
        return self.columns["x"]

    @property
    def y(self) -> Tensor | None:
        """Labels or real targets; None without any."""
        return self._tensor("y")

    @property
    def labels(self) -> Tensor | None:
        """Indices of classes, int64 (N,), -1 for a row without a label; None for other data."""
        y = self.y
        return None if y is None or y.is_floating_point() else y

    @property
    def targets(self) -> Tensor | None:
        """Real targets, floating point (N, K); None for other data."""
        y = self.y
        return None if y is None or not y.is_floating_point() else y

    @property
    def weights(self) -> Tensor | None:
        """Importance of the rows, (N,); None for equal weights."""
        return self._tensor("weights")

    def _tensor(self, name: str) -> Tensor | None:
        column = self.columns.get(name)
        assert not isinstance(column, Streamed)  # refused by the constructor
        return column

    # --- rows ----------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def take(self, rows: Tensor) -> Examples:
        """Returns the rows with these indices, in their order."""
        names = None if self.names is None else tuple(self.names[i] for i in rows.tolist())
        columns = {name: taken(column, rows) for name, column in self.columns.items()}
        return replace(self, columns=columns, names=names)

    @property
    def labelled_rows(self) -> int:
        """Number of rows with a class label."""
        return 0 if self.labels is None else int((self.labels >= 0).sum())

    def labelled(self) -> Examples | None:
        """Returns the rows with a class label; None if there are none."""
        labels = self.labels
        if labels is None or not self.labelled_rows:
            return None
        return self.take((labels >= 0).nonzero().flatten())

    def batch(self, rows: Tensor | slice) -> dict[str, Tensor]:
        """Returns the rows with these indices: column -> values (B, *shape) as its kind says."""
        if isinstance(rows, slice):
            return self.shaped({name: column[rows] for name, column in self.columns.items()})
        flat = {
            name: column.index_select(0, rows.to(column.device))
            for name, column in self.columns.items()
        }
        return self.shaped(flat)

    def shaped(self, flat: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Gives flat rows the shape of their column's kind; without a kind they are unchanged."""
        kinds = self.kinds
        return {n: kinds[n].shaped(rows) if n in kinds else rows for n, rows in flat.items()}

    def batches(self, size: int) -> Iterator[dict[str, Tensor]]:
        """Yields all rows in order, in batches of at most ``size``; see ``batch``."""
        for at in range(0, len(self), size):
            yield self.batch(slice(at, at + size))

    # --- changes -------------------------------------------------------------------------------

    def flattened(self) -> Examples:
        """Returns the same rows without kinds: in batches they stay flat, ``(B, D)``."""
        return replace(self, kinds={})

    def with_columns(self, **columns: Rows | None) -> Examples:
        """Returns the same rows with columns replaced, added, or (None) removed."""
        merged = {**self.columns, **columns}
        kept = {name: column for name, column in merged.items() if column is not None}
        return replace(self, columns=kept)

    def to(self, device: torch.device, dtype: torch.dtype) -> Examples:
        """Returns the rows on a device, floating-point ones in the given dtype."""
        moved = {
            name: column.to(device, dtype)
            if isinstance(column, Streamed) or column.is_floating_point()
            else column.to(device)
            for name, column in self.columns.items()
        }
        return replace(self, columns=moved)

    def __repr__(self) -> str:
        first = next(iter(self.columns.values()))
        width = " x ".join(map(str, first.shape[1:]))
        return f"Examples({len(self)} rows of {width or 1}, {self._predicted()})"

    def _predicted(self) -> str:
        """The kind of "y" in words, for messages."""
        if self.targets is not None:
            k = self.targets.shape[1]
            return f"{k} target{'s' * (k > 1)}"
        return "no labels" if self.labels is None else f"{self.labelled_rows} labelled"


def Split(  # noqa: N802
    x: Rows,
    y: Tensor | None = None,
    *,
    weights: Tensor | None = None,
    names: Sequence[str] | None = None,
) -> Examples:
    """Makes examples of the three usual columns; a short form of the constructor.

    Args:
        x: floating point (N, D), a tensor or `Streamed`.
        y: labels, int64 (N,), -1 for a row without a label; or real targets, floating point (N,
            K).
        weights: importance of the rows, (N,).
        names: of the rows.

    Raises:
        ValueError: as `Examples`.

    >>> Split(torch.zeros(3, 4), torch.tensor([0, -1, 1]))
    Examples(3 rows of 4, 2 labelled)
    >>> Split(torch.zeros(3, 4), torch.zeros(3, 1))
    Examples(3 rows of 4, 1 target)
    """
    if not x.is_floating_point():
        raise DataError(
            f"rows are {x.dtype} of shape {tuple(x.shape)}; floating point (N, D) is needed"
        )
    given = {"x": x, "y": y, "weights": weights}
    columns = {name: column for name, column in given.items() if column is not None}
    return Examples(columns, None if names is None else tuple(names))


def _check_columns(columns: Mapping[str, Rows]) -> None:
    """Raises ValueError if one of the usual columns is not as `Examples` states."""
    x, y, weights = (columns.get(name) for name in ("x", "y", "weights"))
    if x is not None and (x.ndim != 2 or not (x.is_floating_point() or x.dtype == torch.int64)):
        raise DataError(
            f"rows are {x.dtype} of shape {tuple(x.shape)}; floating point (N, D) is needed, or "
            "int64 for indices of tokens: flatten each example to one row"
        )
    if isinstance(y, Streamed) or isinstance(weights, Streamed):
        raise UsageTypeError("labels, targets and weights are tensors, not rows in a file")
    if y is not None:
        _check_predicted(y)
    if weights is not None:
        _check_weights(weights)


def _check_predicted(y: Tensor) -> None:
    if not y.is_floating_point():
        if y.dtype != torch.int64 or y.ndim != 1:
            raise DataError(f"labels are {y.dtype} {tuple(y.shape)}; int64 (N,) needed")
        return
    if y.ndim != 2 or y.shape[1] == 0:
        raise DataError(
            f"y is {y.dtype} {tuple(y.shape)}; labels are int64 (N,), real targets floating point "
            "(N, K): y.reshape(-1, 1) for one target"
        )
    wrong = ~y.isfinite()
    if bool(wrong.any()):
        row, target = wrong.nonzero()[0].tolist()
        raise DataError(
            f"target {target} at row {row} (from 0) is {float(y[row, target])}, and so are "
            f"{int(wrong.sum())} of {y.numel()}: drop these rows, or fill the gaps in"
        )


def _check_weights(weights: Tensor) -> None:
    wrong = ~((weights >= 0) & weights.isfinite())
    if bool(wrong.any()):
        row = int(wrong.nonzero()[0, 0])
        raise DataError(
            f"weight {float(weights[row])} at row {row} (from 0) is no importance, and so are "
            f"{int(wrong.sum())} of {len(weights)}: give finite weights that are not negative"
        )
