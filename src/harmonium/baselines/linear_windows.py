"""Objects found by a linear classifier of windows."""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.baselines.template_matching import scores_of, standardised, windows_of
from harmonium.bounds import Count, Positive, Share
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["LinearWindows"]


@dataclass(frozen=True)
class LinearWindows:
    """Logistic regression of the pixels of windows, each of mean 0 and variance 1.

    It learns from windows that are drawn like those of the stage ``detection``. Windows, scales
    and the suppression of overlapping boxes are those of the model; the figures are those of the
    judge ``detection``.

    Args:
        near: smallest overlap of a window with an object.
        far: overlap below which a window is without an object.
        C: inverse strength of the L2 penalty.
        max_iter: maximum number of iterations.
    """

    needs: ClassVar[Needs] = Needs(model=("detects",), data=("train", "test", "boxes"))

    near: Share = 0.7
    far: Share = 0.5
    C: Positive = 0.01
    max_iter: Count = 300

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Figures of the test scenes."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        net, source = trial.able("detects").net, trial.source("linear_windows")
        parts = windows_of(trial, net, near=self.near, far=self.far, source=source)
        x = standardised(torch.cat(parts)).cpu().double().numpy()
        y = torch.cat(
            [torch.full((len(part),), k, dtype=torch.int64) for k, part in enumerate(parts)]
        ).numpy()
        model = LogisticRegression(C=self.C, max_iter=self.max_iter, class_weight="balanced")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # max_iter is the user's choice
            (coefficients,) = model.fit(x, 1 - y).coef_
        weight = torch.as_tensor(coefficients, dtype=net.boxes.dtype, device=net.boxes.device)
        settings = {"C": self.C}
        return {**scores_of(trial, net, weight=weight, source=source), "settings": settings}
