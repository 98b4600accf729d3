"""Sentences for a run that tags words, and the tags that it gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from harmonium.apply.trained import Trained
from harmonium.data import DataSet, Examples, Tokens
from harmonium.data.tagged import read_tagged, word_rows

__all__ = ["read_sentences", "tagged_lines"]


def read_sentences(trained: Trained, path: Path) -> DataSet:
    """Reads sentences with one word a line and a blank line between; other columns are not read.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: there is no sentence.
    """
    read, _ = trained.able("tags").vocabularies
    settings = trained.recipe.data.source.settings
    found = read_tagged(path, encoding=str(settings.get("encoding", "utf-8")), tags=False)
    words = [sentence for sentence, _ in found]
    rows = word_rows(words, read, lower=bool(settings.get("lower", True)))
    columns = {"x": Tokens(read, rows.shape[1])}
    names = tuple(" ".join(sentence) for sentence in words)
    return DataSet(path.name.split(".")[0], Examples({"x": rows}, names), columns=columns)


@torch.no_grad()
def tagged_lines(trained: Trained, split: Examples) -> list[str]:
    """Each sentence as lines of a word, a tab and its tag, and an empty line.

    Raises:
        ValueError: no model of the run tags words.
    """
    model: Any = trained.able("tags")
    read, write = model.vocabularies
    found: list[str] = []
    for at, batch in trained.batches(split, model):
        names = (
            [" ".join(read.symbols[k] for k in row if k >= 0) for row in batch["x"].tolist()]
            if split.names is None
            else split.names[at]
        )
        for name, row in zip(names, model.tags(batch).tolist(), strict=True):
            tags = [write.symbols[k] for k in row if k >= 0]
            pairs = zip(name.split(" "), tags, strict=True)
            found.append("".join(f"{word}\t{tag}\n" for word, tag in pairs))
    return found
