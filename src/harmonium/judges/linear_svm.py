"""A linear support vector machine on the codes of a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from harmonium.bounds import Count, Positive
from harmonium.data import Examples
from harmonium.learning.squared_hinge import Planes, squared_hinge
from harmonium.needs import Needs
from harmonium.random import generator, permutation
from harmonium.stages.trial import Trial, derived

__all__ = ["LinearSVM", "svm_error"]

_FOLDS = 5
"""Number of parts that the training rows are divided into to choose C."""

_ENOUGH = 1000
"""Number of held-out rows after which no further part is held out."""

_FLAT = 0.1
"""Share of the mean variance that is added to that of every column, so that columns that are
almost constant are not blown up."""

Rows = tuple[Tensor, Tensor]
"""Codes ``(N, D)`` and classes ``(N,)``."""


@dataclass(frozen=True)
class LinearSVM:
    """The error of a linear support vector machine on the codes of the last model that encodes.

    One machine against the rest for each class, with squared hinge losses
    (``learning.squared_hinge``). It shows what features that were learned without labels are
    worth, as in the papers on convolutional RBMs. Codes are standardised by the training rows, and
    scaled to a mean squared length of 1.

    Args:
        C: inverse strengths of the penalty of squared weights. Of several, the one with the fewest
            errors on held-out training rows: a fifth of the rows at a time, until 1000 rows have
            been held out.
        few: also judge machines that see only this many labels, drawn at random, equally many of
            each class; null for none.
        draws: how many such machines, each with labels of its own.
        layers: the codes of the last layer, or of all layers side by side.
        pool: side of the blocks of each map of which only the largest value is a code; only codes
            with the axes (maps, height, width) are pooled.
        max_iter: largest number of steps of the solver; it may end before it has converged.
    """

    needs: ClassVar[Needs] = Needs(model=("encodes",), data=("labelled train", "labelled test"))

    C: Sequence[Positive] = (1.0, 4.0, 16.0, 64.0)
    few: Count | None = None
    draws: Count = 3
    layers: Literal["last", "all"] = "last"
    pool: Count = 1
    max_iter: Count = 100

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``svm_error``, the C that was chosen, and ``svm_error_few`` as a mean over draws."""
        known, asked = (self._rows(trial, split) for split in (trial.data.train, trial.data.test))
        source = generator(derived(trial.seed, "linear_svm"))
        judge = partial(svm_error, asked=asked, source=source, C=self.C, max_iter=self.max_iter)
        error, C = judge(known)
        figures = {"svm_error": error, "C": C, "labels": len(known[1]), "rows": len(asked[1])}
        if self.few is None:
            return figures
        chosen = [_some(known[1], self.few, source=source) for _ in range(self.draws)]
        found = [judge((known[0][r], known[1][r])) for r in chosen]
        errors = torch.tensor([e for e, _ in found], dtype=torch.float64)
        spread = float(errors.std()) if len(errors) > 1 else float("nan")
        return {
            **figures,
            "svm_error_few": float(errors.mean()),
            "svm_error_few_stderr": spread / len(errors) ** 0.5,
            "few": len(chosen[0]),
        }

    def _rows(self, trial: Trial, split: Examples | None) -> Rows:
        model, rows = trial.able("encodes"), trial.labelled(split)
        assert rows is not None
        assert rows.labels is not None
        parts = []
        for batch in model.batches(rows):
            layers = [*model.codes(batch).values()]
            used = layers if self.layers == "all" else layers[-1:]
            parts.append(torch.cat([self._pooled(codes).flatten(1) for codes in used], 1))
        x = torch.cat(parts)
        return x, torch.as_tensor(rows.labels, device=x.device)

    def _pooled(self, codes: Tensor) -> Tensor:
        maps = self.pool > 1 and codes.ndim == 4
        return max_pool2d(codes, self.pool, ceil_mode=True) if maps else codes


def svm_error(
    known: Rows,
    asked: Rows,
    *,
    source: torch.Generator,
    C: Sequence[float] = (1.0, 4.0, 16.0, 64.0),
    max_iter: int = 100,
) -> tuple[float, float]:
    """The share of rows ``asked`` that a machine puts into a wrong class, and the C it chose.

    Args:
        known: codes and classes of the rows to learn from.
        asked: those of the rows to judge.
        source: divides the rows to learn from into parts.
        C: inverse strengths of the penalty to choose from.
        max_iter: largest number of steps of the solver.
    """
    x, y = known
    centre = x.mean(0)
    variance = (x - centre).square().mean(0)
    scale = (variance + _FLAT * variance.mean()).clamp(min=1e-12).mul(x.shape[1]).rsqrt()
    x = (x - centre) * scale
    best = C[0] if len(C) == 1 else _chosen((x, y), C, source=source, max_iter=max_iter)
    planes = squared_hinge(x, y, C=best, max_iter=max_iter)
    wrong = [
        planes.classes((rows - centre) * scale) != labels
        for rows, labels in zip(asked[0].split(5000), asked[1].split(5000), strict=True)
    ]
    return float(torch.cat(wrong).double().mean()), best


def _chosen(known: Rows, C: Sequence[float], *, source: torch.Generator, max_iter: int) -> float:
    """The C with the fewest errors on held-out rows; of equally good ones, the smallest."""
    x, y = known
    order = permutation(len(y), source).to(y.device)
    wrong, held = [0] * len(C), 0
    for fold in order.tensor_split(_FOLDS):
        weights = torch.ones_like(y).index_fill(0, fold, 0)
        planes: Planes | None = None
        for k, one in enumerate(sorted(C)):
            planes = squared_hinge(x, y, C=one, weights=weights, start=planes, max_iter=max_iter)
            wrong[k] += int((planes.classes(x[fold]) != y[fold]).sum())
        held += len(fold)
        if held >= _ENOUGH:
            break
    return sorted(C)[wrong.index(min(wrong))]


def _some(labels: Tensor, n: int, *, source: torch.Generator) -> Tensor:
    """Indices of about n rows, equally many of each class as far as there are."""
    order = permutation(len(labels), source).to(labels.device)
    classes = labels.unique()
    each = max(1, n // len(classes))
    return torch.cat([order[labels[order] == c][:each] for c in classes])
