"""Several labels of a row: how many are wrong on test rows."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Labels", "label_figures"]


@dataclass(frozen=True)
class Labels:
    r"""The share of wrong labels, that of rows without a wrong one, and the macro F1.

    A label is found where its predicted probability exceeds one half. With true labels t and
    labels found y, over N rows and K labels:

    .. math:: \mathrm{hamming} = \frac{1}{N K} \sum_{nk} [y_{nk} \ne t_{nk}], \qquad
        F_1 = \frac{1}{K} \sum_k \frac{2 \sum_n y_{nk} t_{nk}}{\sum_n y_{nk} + t_{nk}}

    where a label that no row has, and that is never found, counts as 0, as in scikit-learn.
    """

    needs: ClassVar[Needs] = Needs(model=("predicts",), data=("targets test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``hamming``, ``exact_match`` and ``f1``.

        Raises:
            ValueError: the targets are not 0 and 1.
        """
        test, model = trial.data.test, trial.able("predicts")
        assert test is not None
        assert test.targets is not None
        true = test.targets
        if not bool(((true == 0) | (true == 1)).all()):
            raise UsageError(
                "judge.labels: the targets are other numbers than 0 and 1: take the judge error"
            )
        predicted = torch.cat([model.predict(batch) for batch in model.batches(test)])
        return label_figures(true > 0.5, predicted > 0.5)


def label_figures(true: Tensor, found: Tensor) -> dict[str, float]:
    """Figures of labels found, ``(N, K)`` of bool, against the true ones.

    >>> true = torch.tensor([[1, 0], [1, 1], [0, 0]]).bool()
    >>> found = torch.tensor([[1, 0], [0, 1], [0, 0]]).bool()
    >>> figures = label_figures(true, found)
    >>> round(figures["hamming"], 3), round(figures["exact_match"], 3), round(figures["f1"], 3)
    (0.167, 0.667, 0.833)
    """
    wrong = true != found
    both = (true & found).sum(0).double()
    either = (true.sum(0) + found.sum(0)).double()
    f1 = torch.where(either > 0, 2 * both / either.clamp(min=1), 0.0)
    return {
        "hamming": float(wrong.double().mean()),
        "exact_match": float((~wrong).all(1).double().mean()),
        "f1": float(f1.mean()),
    }
