"""Few labels among many rows, for semi-supervised runs."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["few_labels"]


def few_labels(labels: Tensor, per_class: int, *, source: torch.Generator | None = None) -> Tensor:
    """Return the sorted indices of a random subset with `per_class` rows of every class.

    Shapes: labels (N,) of integers, result int64 (classes present * per_class,).

    Raises:
        ValueError: where labels are not (N,), per_class < 1, or a class has too few rows.

    >>> labels = torch.tensor([1, 0, 1, 0, 1, 1])
    >>> labels[few_labels(labels, 2)].bincount().tolist()
    [2, 2]
    """
    if labels.ndim != 1 or labels.is_floating_point() or per_class < 1:
        raise ValueError(
            f"labels of shape {tuple(labels.shape)} and {labels.dtype}, per_class {per_class}; "
            "integer labels (N,) and per_class of at least 1 are needed"
        )
    classes, counts = labels.unique(return_counts=True)
    scarce = [(int(k), int(n)) for k, n in zip(classes, counts, strict=True) if n < per_class]
    if scarce:
        found = ", ".join(f"class {k} has only {n} rows" for k, n in scarce)
        least = min(n for _, n in scarce)
        raise ValueError(f"{found}; {per_class} per class were asked for: ask for at most {least}")
    device = "cpu" if source is None else source.device
    order = torch.randperm(len(labels), generator=source, device=device).to(labels.device)
    shuffled = labels[order]
    chosen = [order[shuffled == k][:per_class] for k in classes]
    return torch.cat(chosen).sort().values if chosen else order
