"""The 8 x 8 digits of scikit-learn: real data without a download."""

from __future__ import annotations

import torch

from harmonium.data.images import ImageSet
from harmonium.extras import need

__all__ = ["digits"]


def digits(seed: int = 0) -> ImageSet:
    """Returns 1797 handwritten digits of 8 x 8 as 1297 training and 500 test rows, pixels / 16.

    The split is stratified and depends on `seed` alone. Source: UCI "Optical Recognition of
    Handwritten Digits", test part, as contained in scikit-learn (BSD-3-Clause).

    Raises:
        ImportError: scikit-learn is missing.

    >>> digits()
    ImageSet('digits': 1297 train and 500 test images of 8 x 8, 10 classes)
    """
    parts = ("sklearn.datasets", "sklearn.model_selection")
    datasets, selection = (need(m, "digits come with") for m in parts)
    pixels, labels = datasets.load_digits(return_X_y=True)
    parts = selection.train_test_split(
        pixels, labels, test_size=500, random_state=seed, stratify=labels
    )
    train, test = (torch.tensor(part, dtype=torch.float32) / 16 for part in parts[:2])
    train_labels, test_labels = (torch.tensor(part, dtype=torch.int64) for part in parts[2:])
    return ImageSet(
        "digits",
        train,
        train_labels,
        test,
        test_labels,
        shape=(8, 8),
        classes=tuple("0123456789"),
    )
