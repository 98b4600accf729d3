"""Small runs, trained once: a classifier, an RBM and two autoencoders of digits."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from harmonium.runs import Run
from harmonium.training import train

CLASSIFIER = {
    "version": 1,
    "name": "classifier",
    "threads": 1,
    "data": {
        "source": "digits",
        "validation": 0.1,
        "transforms": [{"type": "scale", "divide": 2}],
    },
    "model": {"type": "belief_net", "units": [64, 48, 24]},
    "pretrain": {"type": "greedy", "epochs": 3, "batch_size": 10},
    "fine_tune": {
        "type": "classify",
        "epochs": 10,
        "batch_size": 20,
        "optimiser": {"type": "adam", "lr": 0.01},
    },
}
RBM = {
    "version": 1,
    "name": "bits",
    "threads": 1,
    "data": {"source": "digits", "batch_transform": "sampled"},
    "model": {"type": "rbm", "visible": 64, "hidden": 9},
    "train": {"type": "energy", "epochs": 5, "batch_size": 50},
    "judge": ["likelihood"],
}


CODER = {
    "version": 1,
    "name": "coder",
    "threads": 1,
    "data": {"source": "digits", "transforms": [{"type": "scale", "divide": 2}]},
    "model": {"type": "autoencoder", "units": [64, 24, 3], "code": "linear"},
    "train": {"type": "reconstruction", "epochs": 5, "batch_size": 20},
}


DRAWN = {
    "version": 1,
    "name": "drawn",
    "threads": 1,
    "data": {"source": "digits", "batch_transform": "sampled"},
    "model": {"type": "autoencoder", "units": [64, 24, 3], "code": "gaussian"},
    "train": {"type": "reconstruction", "epochs": 5, "batch_size": 20},
    "judge": ["bound"],
}


HASHER = {
    "version": 1,
    "name": "hasher",
    "threads": 1,
    "data": {"source": "digits", "transforms": [{"type": "scale", "divide": 2}]},
    "model": {"type": "autoencoder", "units": [64, 20], "code": {"type": "noisy", "std": 1.0}},
    "train": {
        "type": "reconstruction",
        "epochs": 10,
        "batch_size": 20,
        "optimiser": {"type": "adam", "lr": 0.02},
    },
}

CONVNET = {
    "version": 1,
    "name": "convnet",
    "threads": 1,
    "data": {"source": "digits"},
    "model": {
        "type": "net",
        "shape": [1, 8, 8],
        "layers": [
            {"type": "conv2d", "name": "conv1", "out_channels": 4, "kernel_size": 3},
            "relu",
            "flatten",
            {"type": "linear", "name": "fc", "out_features": 10},
        ],
    },
    "train": {"type": "supervised", "objective": "cross_entropy", "epochs": 3, "batch_size": 50},
}


@cache
def _folder() -> Path:
    path = Path(tempfile.mkdtemp(prefix="harmonium-tests-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@cache
def classifier() -> Run:
    """Learns the digits' classes."""
    return train(CLASSIFIER, output=_folder())


@cache
def bits() -> Run:
    """Learns a density."""
    return train(RBM, output=_folder())


@cache
def coder() -> Run:
    """Learns a code of three numbers."""
    return train(CODER, output=_folder())


@cache
def drawn() -> Run:
    """Learns a code of three numbers with a prior, of pixels as bits."""
    return train(DRAWN, output=_folder())


@cache
def hasher() -> Run:
    """Learns a code of twenty bits."""
    return train(HASHER, output=_folder())


@cache
def convnet() -> Run:
    """A convolutional net that learns the digits' classes."""
    return train(CONVNET, output=_folder())
