"""A run that has learned a few captions of drawn shapes."""

from functools import cache
from tempfile import mkdtemp

from harmonium.training import train

__all__ = ["recipe", "run"]


def recipe(**model):
    return {
        "version": 1,
        "name": "captions",
        "seed": 0,
        "threads": 1,
        "data": {"source": {"type": "scenes", "rows": 60, "test": 20, "size": 8}},
        "model": {
            "type": "log_bilinear",
            "vocabulary": 42,
            "context": 3,
            "embedding": 8,
            "encoder": {"type": "mlp", "units": [192, 8]},
            "factors": 8,
            **model,
        },
        "train": {
            "type": "supervised",
            "objective": "symbols",
            "epochs": 20,
            "batch_size": 20,
            "optimiser": {"type": "adam", "lr": 0.02},
        },
        "judge": ["captions", "true_captions", "transduction"],
    }


@cache
def run():
    return train(recipe(), output=mkdtemp())
