"""Sentiment: how well the classes of all nodes of a tree, and its polarity, are found."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.data import Trees
from harmonium.judges.negation import halves, negations
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Sentiment"]


@dataclass(frozen=True)
class Sentiment:
    """Accuracy of all nodes, and of positive against negative, for classes that are in order.

    The lower half of the classes is negative, the upper half positive; the middle one of an odd
    number is neutral, and nodes of that class are left out. With two classes, both accuracies are
    the same. Where the vocabulary has the words, pairs of sentences with and without "not" follow
    (``judges.negation``). (Socher et al., 2013, https://aclanthology.org/D13-1170.)
    """

    needs: ClassVar[Needs] = Needs(model=("nodes",), data=("labelled test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Shares of test nodes and roots that are right.

        ``node_accuracy``, ``binary_accuracy`` of roots, ``binary_node_accuracy``, and
        ``negation_accuracy`` with its parts ``negated_positive`` and ``negated_negative``.
        """
        model, test = trial.able("nodes"), trial.labelled(trial.data.test)
        assert test is not None
        parts = [_found(model.node_log_probs(b), b) for b in model.batches(test, 500)]
        nodes, labels, roots = (torch.cat(part) for part in zip(*parts, strict=True))
        classes, half = nodes.shape[1], nodes.shape[1] // 2
        sums = halves(nodes.exp())
        positive = sums[:, 1] > sums[:, 0]
        clear = (labels < half) | (labels >= classes - half)
        right = positive == (labels >= half)
        figures = {
            "node_accuracy": _share(nodes.argmax(1) == labels),
            "binary_accuracy": _share(right[clear & roots]),
            "binary_node_accuracy": _share(right[clear]),
        }
        kind = trial.data.columns["x"]
        pairs = negations(model, kind) if isinstance(kind, Trees) else None
        return figures | (pairs.shares() if pairs is not None else {})


def _found(log_p: Tensor, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Log-probabilities and labels of the labelled nodes, and which of them are roots."""
    m = log_p.shape[1]
    code = batch["x"].reshape(len(log_p), 3, -1)[:, 0, :m]
    labels = batch["nodes"][:, :m]
    last = (code != 0).sum(1) - 1
    root = torch.arange(m, device=last.device) == last[:, None]
    known = labels >= 0
    return log_p[known], labels[known], root[known]


def _share(right: Tensor) -> float:
    return float(right.double().mean())
