"""Minibatches of rows in memory or in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, Protocol, TypeVar, cast

import torch
from torch import Tensor

from harmonium.data.examples import Examples
from harmonium.data.streamed import Rows, Streamed
from harmonium.errors import DataError, UsageTypeError

__all__ = ["Batches", "Passes"]

Tensors = TypeVar("Tensors", Tensor, tuple[Tensor, ...], dict[str, Tensor])


class Passes(Protocol):
    """Passes over rows in batches, which can be stopped and resumed after any batch."""

    @property
    def size(self) -> int:
        """Rows of a batch, of all processes."""
        ...

    @property
    def source(self) -> torch.Generator | None:
        """Generator of the order of rows; None where nothing is drawn."""
        ...

    def __len__(self) -> int:
        """Batches of one pass."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """One pass, or the rest of one after ``load_state_dict``."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Place in the current pass."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a place."""
        ...


class Batches(Generic[Tensors]):
    """Passes in minibatches over a tensor, several tensors of equal length, or examples.

    Each iteration is one pass: a new permutation from `source`, drawn when the pass starts (none
    with `shuffle=False`), then ceil(N / size) batches; the last is shorter unless size divides N.
    A tensor gives tensors (B, ...), a tuple gives tuples. `transform` maps the first tensor of
    every batch, anew in each pass: `lambda x: sampled(x, source)`. Without shuffling and
    transform, batches are views of the tensors. Examples give dictionaries of columns in the
    shapes of their kinds, after the transform; a mapping of `columns` gives flat rows.

    Rows of a file (`Streamed`) can replace a tensor. If they fill more than one window, rows are
    permuted window by window (`Streamed.in_windows`), otherwise as those of a tensor.

    With `share=(rank, ranks)`, each of several processes gets every `ranks`-th row of the same
    batches (all rows of a batch with fewer rows than processes). Give all processes sources in the
    same state.

    ``state_dict`` is the position in the current pass: after ``load_state_dict``, the next
    iteration gives the rest of that pass, and later ones are new passes. The state of the source
    is not included.

    Raises:
        TypeError: `tensors` is not a tensor, a tuple or mapping of tensors, or examples.
        ValueError: size < 1, there are no rows, or lengths differ.

    >>> [batch.tolist() for batch in Batches(torch.arange(5), size=2, shuffle=False)]
    [[0, 1], [2, 3], [4]]
    >>> x, y = torch.arange(6.0).reshape(3, 2), torch.tensor([0, 1, 2])
    >>> for rows, labels in Batches((x, y), size=2, source=torch.Generator().manual_seed(0)):
    ...     assert torch.equal(rows[:, 0], 2.0 * labels)
    """

    def __init__(
        self,
        tensors: Tensors | Streamed | tuple[Rows, ...] | Mapping[str, Rows] | Examples,
        *,
        size: int,
        source: torch.Generator | None = None,
        shuffle: bool = True,
        transform: Callable[[Tensor], Tensor] | None = None,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        self._examples = tensors if isinstance(tensors, Examples) else None
        if isinstance(tensors, Examples):
            tensors = tensors.columns
        bare = isinstance(tensors, Rows)
        names = tuple(tensors) if isinstance(tensors, Mapping) else None
        given: Any = (tensors,) if bare else tensors
        columns: Any = tuple(given.values()) if names is not None else given
        if not isinstance(columns, tuple) or not all(isinstance(x, Rows) for x in columns):
            raise UsageTypeError(
                f"batches need a tensor, or a tuple or mapping of tensors, not {type(tensors)}"
            )
        lengths = [len(x) if x.ndim else 0 for x in columns]
        if not lengths or min(lengths) < 1 or min(lengths) != max(lengths):
            raise DataError(
                f"first axes of length {lengths}; all must be equal and at least 1: "
                "pass tensors with one row per example"
            )
        if size < 1:
            raise DataError(f"size is {size}; a batch needs at least 1 row")
        self.size, self.source = size, source
        self.shuffle, self.transform, self.share = shuffle, transform, share
        self._columns, self._rows, self._bare = columns, lengths[0], bare
        self._names = names
        self._order: Tensor | None = None
        self._next, self._resumes = 0, False

    @property
    def columns(self) -> dict[str, Rows]:
        """Name -> all rows, if the batches are columns; otherwise empty."""
        return dict(zip(self._names or (), self._columns, strict=bool(self._names)))

    def __len__(self) -> int:
        return -(-self._rows // self.size)

    def __iter__(self) -> Iterator[Tensors]:
        if self._resumes:
            order, first = self._order, self._next
        else:
            order, first = self._drawn() if self.shuffle else None, 0
        self._resumes = False
        for start in range(first, self._rows, self.size):
            rows = slice(start, start + self.size)
            mine = self._mine(start)
            if order is None:
                batch = [x[rows][mine] for x in self._columns]
            else:
                batch = [x.index_select(0, order[rows][mine].to(x.device)) for x in self._columns]
            if self.transform is not None:
                batch[0] = self.transform(batch[0])
            self._order, self._next = order, start + self.size
            if self._names is not None:
                named = dict(zip(self._names, batch, strict=True))
                examples = self._examples
                yield cast(Tensors, named if examples is None else examples.shaped(named))
            else:
                yield cast(Tensors, batch[0] if self._bare else tuple(batch))

    def state_dict(self) -> dict[str, Any]:
        """Permutation of the current pass and its next row; None between passes."""
        if self._next >= self._rows or self._next == 0:
            return {"rows": self._rows, "next": 0, "order": None}
        return {"rows": self._rows, "next": self._next, "order": self._order}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a position: the next iteration gives the rest of the saved pass.

        Raises:
            ValueError: the state was saved for another number of rows.
        """
        if state["rows"] != self._rows:
            raise DataError(
                f"a position among {state['rows']} rows does not fit {self._rows}: go on with "
                "the same rows"
            )
        self._order, self._next = state["order"], state["next"]
        self._resumes = self._next > 0

    def _mine(self, start: int) -> slice:
        """This process's rows of a batch; all rows if there are too few to share."""
        rank, size = self.share
        few = min(self.size, self._rows - start) < size
        return slice(None) if few or size == 1 else slice(rank, None, size)

    def _drawn(self) -> Tensor:
        # A generator draws only on its own device, which may differ from that of the tensors.
        device = "cpu" if self.source is None else self.source.device
        order = torch.randperm(self._rows, generator=self.source, device=device)
        files = (x for x in self._columns if isinstance(x, Streamed))
        return next((x.in_windows(order, self.source) for x in files), order)
