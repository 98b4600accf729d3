"""How well the tags of the words of test sentences are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.data.vocabulary import UNKNOWN, Vocabulary
from harmonium.learning.spans import span_counts
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Tagging", "tag_figures"]


@dataclass(frozen=True)
class Tagging:
    r"""Accuracy of tags, of those of unknown words, and the F1 of spans such as names.

    .. math:: F_1 = \frac{2 \cdot \mathrm{right}}{\mathrm{found} + \mathrm{true}}

    A span is right if its words and its type are (``learning.spans``).
    """

    needs: ClassVar[Needs] = Needs(model=("tags",), data=("test", "written"))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``tag_accuracy``, ``span_f1`` with ``span_precision`` and ``span_recall``, and more.

        ``new_word_accuracy`` is that of words outside the vocabulary. Figures of spans and of new
        words are left out where there are none.
        """
        model, data = trial.able("tags"), trial.data
        assert data.test is not None
        assert data.vocabulary is not None
        assert data.written is not None
        found = torch.cat([model.tags(batch) for batch in model.batches(data.test, 1000)])
        return tag_figures(
            found,
            data.test.columns["target"][:],
            words=data.test.x[:],
            known=data.vocabulary,
            names=data.written.symbols,
        )


def tag_figures(
    found: Tensor, true: Tensor, *, words: Tensor, known: Vocabulary, names: Sequence[str]
) -> dict[str, float]:
    """Figures of tags ``(B, T)`` of words ``(B, T)``, -1 after the end.

    >>> known = Vocabulary((UNKNOWN, "ann"), "words")
    >>> words, true = torch.tensor([[1, 0]]), torch.tensor([[0, 1]])
    >>> tag_figures(true * 0, true, words=words, known=known, names=("B-X", "O"))["span_f1"]
    0.6666666666666666
    """
    there = true >= 0
    right = (found == true)[there].double()
    figures = {"tag_accuracy": float(right.mean())}
    new = words[there] == known.places.get(UNKNOWN, -1)
    if bool(new.any()):
        figures["new_word_accuracy"] = float(right[new].mean())
    hits, made, there_are = span_counts(found, true, names=names)
    if there_are:
        figures |= {
            "span_f1": 2 * hits / (made + there_are),
            "span_precision": hits / max(made, 1),
            "span_recall": hits / there_are,
        }
    return figures
