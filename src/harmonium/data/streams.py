"""Minibatches of a stream: pieces of one long text, each of which continues the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from harmonium.data.examples import Examples
from harmonium.errors import DataError

__all__ = ["StreamBatches"]


class StreamBatches:
    r"""Passes over consecutive rows as parallel streams.

    N rows are cut into ``size`` streams of L = N // size consecutive rows. Batch t has the rows

    .. math:: t, \quad L + t, \quad 2 L + t, \quad \dots

    so that row b of a batch continues row b of the batch before. Its column "continues", bool
    ``(B,)``, says so: it is False in the first batch of a pass. The last N % size rows are left
    out. Nothing is drawn.

    With `share=(rank, ranks)`, each of several processes gets every ``ranks``-th stream.

    ``state_dict`` is the position in the current pass, as that of ``Batches``.

    Args:
        rows: consecutive rows.
        size: number of streams.
        share: index and number of the processes.

    Raises:
        ValueError: there are fewer rows than streams, or streams cannot be shared equally.

    >>> rows = Examples({"x": torch.arange(7.0)[:, None]})
    >>> [batch["x"].flatten().tolist() for batch in StreamBatches(rows, size=2)]
    [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
    """

    source: torch.Generator | None = None
    """None: nothing is drawn."""

    def __init__(self, rows: Examples, *, size: int, share: tuple[int, int] = (0, 1)) -> None:
        if not 1 <= size <= len(rows):
            raise DataError(
                f"{size} parallel streams of {len(rows)} rows: give at least one row to every "
                "stream: take fewer streams, shorter rows, or more text"
            )
        if size % share[1]:
            raise DataError(
                f"{size} streams cannot be shared equally by {share[1]} processes: take "
                f"{-(-size // share[1]) * share[1]}"
            )
        self._rows, self.size, self.share = rows, size, share
        self._next = 0

    @property
    def columns(self) -> dict[str, Any]:
        """Name -> all rows."""
        return dict(self._rows.columns)

    def __len__(self) -> int:
        return len(self._rows) // self.size

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        device = self._rows.x.device
        starts = torch.arange(self.size, device=device) * len(self)
        starts = starts[self.share[0] :: self.share[1]]
        first, self._next = self._next, 0
        for t in range(first, len(self)):
            batch = self._rows.batch(starts + t)
            self._next = (t + 1) % len(self)
            yield {
                **batch,
                "continues": torch.full((len(starts),), t > 0, dtype=torch.bool, device=device),
            }

    def state_dict(self) -> dict[str, Any]:
        """Place in the current pass."""
        return {"rows": len(self._rows), "next": self._next}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a place: the next iteration gives the rest of the saved pass.

        Raises:
            ValueError: the state was saved for another number of rows.
        """
        if state["rows"] != len(self._rows):
            raise DataError(
                f"a position among {state['rows']} rows does not fit {len(self._rows)}: go on "
                "with the same rows"
            )
        self._next = state["next"]
