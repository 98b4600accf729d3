"""A labelled image set: plain tensors, split into train and test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.errors import DataError

__all__ = ["ImageSet"]


@dataclass(frozen=True, eq=False, repr=False)
class ImageSet:
    """Flat grey images in [0, 1] with integer labels.

    Shapes: `train` and `test` float32 (N, D) with D the product of `shape`, labels int64 (N,);
    `classes[k]` is the name of label k.

    Raises:
        ValueError: images, labels and `shape` do not fit each other.

    >>> x, y = torch.zeros(3, 4), torch.tensor([0, 1, 0])
    >>> ImageSet("toy", x, y, x[:2], y[:2], shape=(2, 2), classes=("cat", "dog"))
    ImageSet('toy': 3 train and 2 test images of 2 x 2, 2 classes)
    """

    name: str
    train: Tensor
    train_labels: Tensor
    test: Tensor
    test_labels: Tensor
    shape: tuple[int, ...]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        pairs = {"train": (self.train, self.train_labels), "test": (self.test, self.test_labels)}
        for part, (images, labels) in pairs.items():
            expected = (len(labels), math.prod(self.shape))
            if tuple(images.shape) != expected:
                raise DataError(
                    f"{self.name}, {part}: images of shape {tuple(images.shape)}, but the labels "
                    f"and shape {self.shape} need {expected}: flatten each image to one row"
                )
            if images.dtype != torch.float32 or labels.dtype != torch.int64:
                raise DataError(
                    f"{self.name}, {part}: images are {images.dtype} and labels {labels.dtype}; "
                    "float32 and int64 are needed: convert with .float() and .long()"
                )

    def dataset(self) -> DataSet:
        """The same rows as a `DataSet`."""
        return DataSet(
            self.name,
            Split(self.train, self.train_labels),
            test=Split(self.test, self.test_labels),
            shape=self.shape,
            classes=self.classes,
        )

    def __repr__(self) -> str:
        return (
            f"ImageSet({self.name!r}: {len(self.train)} train and {len(self.test)} test images "
            f"of {' x '.join(map(str, self.shape))}, {len(self.classes)} classes)"
        )
