"""Data sets and readers, as plain tensors and batches."""

from harmonium.data.batches import Batches
from harmonium.data.binarise import sampled, threshold
from harmonium.data.check import (
    check_array,
    check_range,
    constant_features,
    standardised_warning,
)
from harmonium.data.dataset import DataSet, Split
from harmonium.data.digits import digits
from harmonium.data.faces import frey_faces
from harmonium.data.idx import read_idx
from harmonium.data.images import ImageSet
from harmonium.data.sets import fashion_mnist, load, mnist
from harmonium.data.split import few_labels
from harmonium.data.standardise import Standardiser

__all__ = [
    "Batches",
    "DataSet",
    "ImageSet",
    "Split",
    "Standardiser",
    "check_array",
    "check_range",
    "constant_features",
    "digits",
    "fashion_mnist",
    "few_labels",
    "frey_faces",
    "load",
    "mnist",
    "read_idx",
    "sampled",
    "standardised_warning",
    "threshold",
]
