"""A linear support vector machine on the codes of a model."""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count, Positive
from harmonium.models.encoder import codes_of
from harmonium.needs import Needs
from harmonium.random import generator
from harmonium.stages.trial import Trial, derived

__all__ = ["LinearSVM"]


@dataclass(frozen=True)
class LinearSVM:
    """The error of a linear support vector machine on the codes of the last model that encodes.

    One machine against the rest for each class, with squared hinge losses (scikit-learn's
    ``LinearSVC``). It shows what features that were learned without labels are worth, as in the
    papers on convolutional RBMs.

    Args:
        C: inverse strength of the penalty of squared weights.
        few: also judge one that sees only this many labels, drawn at random, equally many of each
            class; null for none.
        max_iter: largest number of passes of the solver over the rows; it may end before it has
            converged, without a warning.
    """

    needs: ClassVar[Needs] = Needs(model=("encodes",), data=("labelled train", "labelled test"))

    C: Positive = 0.01
    few: Count | None = None
    max_iter: Count = 1000

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``svm_error``, ``svm_error_few``, and the numbers of ``labels`` and test ``rows``."""
        model = trial.able("encodes")
        train, test = trial.labelled(trial.data.train), trial.labelled(trial.data.test)
        assert train is not None
        assert train.labels is not None
        assert test is not None
        assert test.labels is not None
        asked = codes_of(model, test), test.labels
        known = codes_of(model, train), train.labels
        figures = {"svm_error": self._error(known, asked=asked), "labels": len(train)}
        if self.few is not None:
            source = generator(derived(trial.seed, "linear_svm"))
            chosen = _some(known[1].cpu(), self.few, source=source)
            some = known[0][chosen], known[1][chosen]
            figures |= {"svm_error_few": self._error(some, asked=asked), "few": len(chosen)}
        return {**figures, "rows": len(test)}

    def _error(self, known: tuple[Tensor, Tensor], *, asked: tuple[Tensor, Tensor]) -> float:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.svm import LinearSVC

        x, y, rows, labels = (t.cpu().numpy() for t in (*known, *asked))
        model = LinearSVC(C=self.C, dual=True, max_iter=self.max_iter, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # it ends at max_iter, as asked
            model.fit(x, y)
        return 1 - float(model.score(rows, labels))


def _some(labels: Tensor, n: int, *, source: torch.Generator) -> Tensor:
    """Indices of about n rows, equally many of each class as far as there are."""
    order = torch.randperm(len(labels), generator=source)
    classes = labels.unique()
    each = max(1, n // len(classes))
    return torch.cat([order[labels[order] == c][:each] for c in classes])
