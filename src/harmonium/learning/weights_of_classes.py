"""Weights of classes: rows of rare or important classes count more."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor

from harmonium.bounds import NonNegative
from harmonium.errors import UsageError

__all__ = ["ClassWeight", "class_weights"]

ClassWeight: TypeAlias = Literal["balanced"] | Mapping[Any, NonNegative]
"""The rule "balanced", or class -> weight."""


def class_weights(
    labels: Tensor,
    classes: Sequence[Any],
    *,
    weight: ClassWeight,
    rows: Tensor | None = None,
) -> Tensor:
    r"""Weight of every row: that of its class, times its own.

    "balanced" gives every class the same sum of weights:

    .. math:: w_c = \frac{n}{K n_c}

    with n rows of K classes, :math:`n_c` of class c; rows count by their own weights, and
    classes without rows do not count in K. A mapping gives the weight of a class, 1 for a class
    that it does not name.

    Args:
        labels: index of the class of every row, ``(N,)``, int64.
        classes: the classes, in the order of the indices.
        weight: the rule or the mapping.
        rows: the rows' own weights, ``(N,)``; None for equal weights.

    Returns:
        The weights, ``(N,)``.

    Raises:
        ValueError: the mapping names something that is no class, or leaves no row a weight.

    >>> labels = torch.tensor([0, 1, 1, 1])
    >>> class_weights(labels, ["rare", "common"], weight="balanced").tolist()
    [2.0, 0.6666666865348816, 0.6666666865348816, 0.6666666865348816]
    >>> class_weights(labels, ["rare", "common"], weight={"rare": 3}).tolist()
    [3.0, 1.0, 1.0, 1.0]
    """
    own = torch.ones(len(labels), dtype=torch.float32) if rows is None else rows
    if weight == "balanced":
        sums = torch.bincount(labels, own.double(), minlength=len(classes))
        present = int((sums > 0).sum())
        of = torch.where(sums > 0, sums.sum() / (max(present, 1) * sums), 0.0)
    else:
        of = _listed(classes, weight)
    weights = own * of.to(own)[labels]
    if not bool(weights.any()):
        raise UsageError("class_weight leaves no row a weight above 0: raise those of the classes")
    return weights


def _listed(classes: Sequence[Any], weight: Any) -> Tensor:  # noqa: ANN401
    """Weight of every class, by a mapping from classes or from their names."""
    if not isinstance(weight, Mapping):
        raise UsageError(
            f"class_weight is {weight!r}: give 'balanced', or the weight of each class"
        )
    named = {str(key): float(value) for key, value in weight.items()}
    strange = sorted(set(named) - {str(c) for c in classes})
    if strange:
        raise UsageError(
            f"class_weight names {', '.join(strange[:5])}, and the classes are "
            f"{', '.join(str(c) for c in classes[:20])}: name classes only"
        )
    bad = {key: value for key, value in named.items() if not 0 <= value < float("inf")}
    if bad:
        raise UsageError(f"class_weight is {bad}: weights are finite and at least 0")
    weights = [named.get(str(c), 1.0) for c in classes]
    return torch.tensor(weights, dtype=torch.float64)
