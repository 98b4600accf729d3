"""Searches among the training rows of a run by the bits of its code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harmonium.apply.tables import Chunk, Columns
from harmonium.apply.trained import Trained
from harmonium.apply.using import named
from harmonium.data import Examples
from harmonium.errors import UsageError
from harmonium.hashing import HammingIndex, packed

__all__ = ["index_of", "matches"]


def index_of(trained: Trained, folder: Path | None = None) -> HammingIndex:
    """The index of a run's training rows; made and saved at first use.

    Rows have the numbers that they have in the run's own data, after validation rows were held
    out.

    Args:
        trained: a run whose model gives bits.
        folder: of the index; None for ``index/TRIAL`` in the directory of the run.

    Raises:
        ValueError: no model of the run gives bits, or the index is damaged or of other codes.
        OSError: the folder cannot be written.
    """
    trained.able("hashes")
    place = trained.run.path / "index" / str(trained.trial) if folder is None else folder
    if (place / "index.json").exists():
        HammingIndex.verify(place)
        index = HammingIndex.open(place)
        bits = trained.able("hashes").sizes[-1]
        if index.bits != bits:
            raise UsageError(
                f"{place}: an index of {index.bits} bits, but codes of this run have {bits}: name "
                "another folder"
            )
        return index
    place.parent.mkdir(parents=True, exist_ok=True)
    codes = [code for _, code in _codes(trained, trained.dataset().train)]
    index = HammingIndex(trained.able("hashes").sizes[-1])
    index.add(np.concatenate(codes))
    index.save(place)
    return index


def matches(
    trained: Trained, split: Examples, *, index: HammingIndex, k: int
) -> tuple[Columns, Iterator[Chunk]]:
    """Layout of a table of what is found, and its blocks: "row" and "distance", ``(B, k)``.

    Args:
        trained: a run whose model gives bits.
        split: queries, before the transforms of the run.
        index: of the rows to search among.
        k: number of rows to find for each query.

    Raises:
        ValueError: the index holds fewer than k rows, or the queries do not fit the run.
    """
    if k > len(index):
        raise UsageError(f"k is {k}, but the index holds {len(index)} rows: ask for fewer")
    parts = {
        "row": [f"row_{place + 1}" for place in range(k)],
        "distance": [f"distance_{place + 1}" for place in range(k)],
    }

    def made() -> Iterator[tuple[slice, Chunk]]:
        for at, codes in _codes(trained, split):
            apart, rows = index.nearest(codes, k)
            yield at, {"row": rows, "distance": apart}

    return Columns(len(split), "row", parts), named(trained, split, made=made())


def _codes(trained: Trained, split: Examples) -> Iterator[tuple[slice, NDArray[np.uint8]]]:
    """Places and packed codes of rows, in order."""
    model = trained.able("hashes")
    for at, batch in trained.batches(split, model):
        yield at, packed(model.bits(batch).cpu().numpy())
