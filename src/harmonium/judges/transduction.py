"""How well the sequences that a model writes for test rows are those of the data."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.learning.edit_distance import edit_distance
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Transduction", "writing_figures"]


@dataclass(frozen=True)
class Transduction:
    r"""The share of outputs that are right in every symbol, and the edits that the others need.

    .. math:: \frac{\sum_b D(\hat y_b, y_b)}{\sum_b |y_b|}

    with Levenshtein's distance D (``learning.edit_distance``). The model writes each output from
    its own symbols, without knowing the true one.
    """

    needs: ClassVar[Needs] = Needs(model=("transduces",), data=("test", "written"))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``exact_output`` and ``symbol_error``."""
        model, test = trial.able("transduces"), trial.data.test
        assert test is not None
        distances, lengths = [], []
        for batch in model.batches(test, 1000):
            distances.append(edit_distance(model.transduce(batch), batch["target"]))
            lengths.append((batch["target"] >= 0).sum(1))
        return writing_figures(torch.cat(distances), torch.cat(lengths))


def writing_figures(distances: Tensor, lengths: Tensor) -> dict[str, float]:
    """Figures of the distances to true outputs of these lengths, both ``(N,)``.

    >>> writing_figures(torch.tensor([0, 3]), torch.tensor([10, 2]))
    {'exact_output': 0.5, 'symbol_error': 0.25}
    """
    return {
        "exact_output": float((distances == 0).double().mean()),
        "symbol_error": float(distances.sum() / lengths.sum().clamp(min=1)),
    }
