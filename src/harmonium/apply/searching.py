"""Searches across kinds of data by a run's joint space: words find pictures, pictures words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.apply.tables import Chunk, Columns
from harmonium.apply.trained import Trained
from harmonium.apply.using import named
from harmonium.data import Examples, Joined
from harmonium.errors import UsageError
from harmonium.learning.objectives.ranking import similarities
from harmonium.needs import Needs, unmet

__all__ = ["across", "asked_words", "embeds_parts"]


def embeds_parts(trained: Trained) -> bool:
    """Whether a model of the run lays the parts of a row into one space."""
    return unmet(Needs(model=("embeds parts",)), trained.models.values(), data=None) is None


@torch.no_grad()
def across(
    trained: Trained, split: Examples, *, asks: str | None = None, k: int = 10
) -> tuple[Columns, Iterator[Chunk]]:
    """Layout of a table of what one part of rows finds of the other, and its blocks.

    A part whose values have no names, such as a picture, is sought among the training rows: "row",
    numbers of the k nearest ones. Of a part with names, such as words, single words are sought:
    "word", their names. "similarity" is the cosine of the codes; both ``(B, k)``.

    Args:
        trained: a run whose model lays the parts of a row into one space.
        split: rows whose parts ask, before the transforms of the run.
        asks: name of the part that asks; None for the part with names.
        k: number of rows or words to find.

    Raises:
        ValueError: no model of the run has a joint space, rows have no such part, or there are
            fewer than k to find.
    """
    model = trained.able("embeds parts")
    kind, data = _parts(trained), trained.dataset()
    asks = asks or next((n for n, part in kind.parts.items() if part.names), [*kind.parts][-1])
    if asks not in kind.parts:
        raise UsageError(f"no part {asks!r} in a row of {data.name}: {', '.join(kind.parts)}")
    finds = next(name for name in kind.parts if name != asks)
    words = np.array(kind.parts[finds].names)
    if len(words):
        shown = torch.eye(len(words), dtype=torch.float32, device=model.device)
        there = model.embed(finds, shown)
    else:
        pieces = [x[:, kind.spans[finds]] for x in _rows(trained, data.train)]
        there = torch.cat([model.embed(finds, x) for x in pieces])
    if k > len(there):
        what = "words" if len(words) else "training rows"
        raise UsageError(f"k is {k}, but there are {len(there)} {what}: ask for fewer")
    main = "word" if len(words) else "row"
    places = {n: [f"{n}_{place + 1}" for place in range(k)] for n in (main, "similarity")}

    def made() -> Iterator[tuple[slice, Chunk]]:
        for at, batch in trained.batches(split, model):
            codes = model.embed(asks, batch["x"][:, kind.spans[asks]])
            best = similarities(codes, there).topk(k, dim=1)
            found = best.indices.cpu().numpy()
            yield (
                at,
                {
                    main: words[found] if len(words) else found,
                    "similarity": best.values.cpu().numpy(),
                },
            )

    return Columns(len(split), main, places), named(trained, split, made=made())


def asked_words(trained: Trained, texts: Sequence[str]) -> Examples:
    """Rows in which only words are known, each of words with spaces or commas between them.

    Raises:
        ValueError: no model of the run has a joint space, no part of a row has names, or a word is
            unknown; the message gives words that are alike.
    """
    trained.able("embeds parts")
    kind = _parts(trained)
    part = next((name for name, found in kind.parts.items() if found.names), None)
    if part is None:
        raise UsageError("no part of a row has values with names, such as words: ask by a file")
    names = {str(name): place for place, name in enumerate(kind.parts[part].names)}
    rows = torch.zeros(len(texts), *kind.shape, dtype=torch.float32)
    for row, text in enumerate(texts):
        rows[row, [kind.spans[part].start + at for at in _known(text, names)]] = 1
    return Examples({"x": rows}, tuple(texts))


def _known(text: str, names: dict[str, int]) -> list[int]:
    """Places of the words of a text; words of several words stand between commas."""
    listed = [word.strip() for word in text.split(",") if word.strip()]
    if any(word not in names for word in listed):
        listed = text.replace(",", " ").split()
    strange = [word for word in listed if word not in names]
    if strange or not listed:
        first = strange[0] if strange else ""
        alike = [name for name in names if first and first[:3] in name] or [*names]
        more = ", ..." if len(alike) > 8 else ""
        raise UsageError(
            f"{text!r}: the word {first!r} is not among the {len(names)} that the run knows: take "
            f"some of {', '.join(alike[:8])}{more}"
        )
    return [names[word] for word in listed]


def _parts(trained: Trained) -> Joined:
    """The parts of the run's rows."""
    kind: Any = trained.dataset().columns["x"]
    assert isinstance(kind, Joined)
    return kind


def _rows(trained: Trained, split: Examples) -> Iterator[Tensor]:
    """Transformed rows, in order."""
    for _, batch in trained.batches(split, trained.able("embeds parts")):
        yield batch["x"]
