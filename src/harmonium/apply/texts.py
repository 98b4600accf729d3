"""Lines of text for a run that writes sequences, and the sequences that it writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from harmonium.apply.trained import Trained
from harmonium.data import DataSet, Examples
from harmonium.data.encodings import read_text
from harmonium.data.tokens import Tokens, padded
from harmonium.errors import UsageError
from harmonium.models import Describes
from harmonium.random import generator
from harmonium.sampling.picking import Pick

__all__ = ["read_lines", "written"]


def read_lines(trained: Trained, path: Path) -> DataSet:
    """Reads a text file with a sequence to read in each line; what follows a tab is not read.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: there is no line, a line is empty, or has a symbol that the run does not know.
    """
    read, _ = trained.able("transduces").vocabularies
    encoding = str(trained.recipe.data.source.settings.get("encoding", "utf-8"))
    lines = read_text(path, encoding).removesuffix("\n").split("\n")
    texts = tuple(line.partition("\t")[0] for line in lines)
    if "" in texts:
        raise UsageError(
            f"{path}, line {texts.index('') + 1}: nothing to read: give a text in every line"
        )
    found = [
        read.encode(text, name=f"{path}, line {number}") for number, text in enumerate(texts, 1)
    ]
    rows = padded(found)
    columns = {"x": Tokens(read, rows.shape[1])}
    return DataSet(path.name.split(".")[0], Examples({"x": rows}, texts), columns=columns)


@torch.no_grad()
def written(
    trained: Trained, split: Examples, *, pick: Pick | None = None, seed: int = 0
) -> list[str]:
    """The text that the run writes for each row.

    Args:
        trained: a run whose model writes sequences, or captions of pictures.
        split: rows before the transforms of the run.
        pick: how the words of captions are drawn; None: the most probable symbol at each step.
        seed: of the draws.

    Raises:
        ValueError: no model of the run writes sequences; or captions, where some are drawn.
    """
    model: Any = trained.able("transduces" if pick is None else "describes")
    captions = isinstance(trained.able("transduces"), Describes)
    known = model.vocabulary if captions else model.vocabularies[1]
    source, found = generator(seed, model.device), []
    for _, batch in trained.batches(split, model):
        if pick is None:
            rows = model.transduce(batch)
        else:
            rows = model.described(batch, pick=pick, source=source)
        found += [known.decode(row).strip() for row in rows]
    return found
