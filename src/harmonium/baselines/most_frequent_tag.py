"""The most frequent tag of each word."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.judges.tagging import tag_figures
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["MostFrequentTag"]


@dataclass(frozen=True)
class MostFrequentTag:
    """Gives every word the tag that it has most often in training sentences.

    A word that is in none of them gets the tag that unknown words have most often there.
    """

    needs: ClassVar[Needs] = Needs(model=("tags",), data=("train", "test", "written"))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Figures of test sentences as those of the judge ``tagging``."""
        data = trial.data
        assert data.test is not None
        assert data.vocabulary is not None
        assert data.written is not None
        train, words = data.train.columns, data.test.x[:]
        sizes = len(data.vocabulary), len(data.written)
        best = _best(train["x"][:], train["target"][:], sizes=sizes)
        found = best[words.clamp(min=0)].masked_fill(words < 0, -1)
        return tag_figures(
            found,
            data.test.columns["target"][:],
            words=words,
            known=data.vocabulary,
            names=data.written.symbols,
        )


def _best(words: Tensor, tags: Tensor, *, sizes: tuple[int, int]) -> Tensor:
    """The most frequent tag of each word, the most frequent of all for a word without any."""
    there = tags >= 0
    pairs = words[there] * sizes[1] + tags[there]
    counts = pairs.bincount(minlength=sizes[0] * sizes[1]).reshape(sizes)
    seen = counts.sum(1) > 0
    return torch.where(seen, counts.argmax(1), counts.sum(0).argmax())
