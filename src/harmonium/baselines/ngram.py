"""N-grams: the next symbol from counts of the symbols before it."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.bounds import Count
from harmonium.data import Examples
from harmonium.judges.next_token import text_figures
from harmonium.learning.ngrams import Ngrams, Text, text_of
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Ngram"]

_HELD = 0.1
"""Share of the training text, from its end, on which the order is chosen without other rows."""


@dataclass(frozen=True)
class Ngram:
    """Kneser-Ney estimates of the next symbol of texts; the length of grams is chosen.

    It is the one with the lowest cost on the validation rows, or without any on the last tenth of
    the training text.

    Args:
        longest: symbols of the longest grams to choose from.
    """

    needs: ClassVar[Needs] = Needs(model=("continues",), data=("train", "test"))

    longest: Count = 12

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``token_nats`` of the test text and what follows from it, and the chosen order."""
        model, data = trial.able("continues"), trial.data
        assert data.test is not None
        train = text_of(model.reads(data.train))
        order = self._chosen(train, data.validation, symbols=len(model.vocabulary))
        test = text_of(model.reads(data.test))
        found = Ngrams(len(model.vocabulary), order).fit(train).log_probs(test)[-1]
        return {**text_figures(found[test.follows]), "settings": {"order": order}}

    def _chosen(self, train: Text, held: Examples | None, *, symbols: int) -> int:
        fitted, other = _cut(train) if held is None else (train, text_of(held))
        found = Ngrams(symbols, self.longest).fit(fitted).log_probs(other)
        return 1 + int(found[:, other.follows].mean(1).argmax())


def _cut(text: Text) -> tuple[Text, Text]:
    """The beginning and the last tenth of a text."""
    at = len(text.symbols) - max(2, round(_HELD * len(text.symbols)))
    first, last = text.place[:at], text.place[at:]
    since = torch.minimum(last, torch.arange(len(last)))  # the cut may be within a text
    return Text(text.symbols[:at], first), Text(text.symbols[at:], since)
