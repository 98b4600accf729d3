"""Single pictures by name: no file is needed."""

from __future__ import annotations

from typing import Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.extras import need

__all__ = ["PICTURES", "named_picture"]

PICTURES: dict[str, str] = {
    "steps": "6 x 6 pixels, black below the diagonal and white above it",
    "china": "a temple, 427 x 640 in colour, which comes with scikit-learn",
    "flower": "a dahlia, 427 x 640 in colour, which comes with scikit-learn",
}
"""Name -> what the picture shows."""


def named_picture(name: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Returns the pixels in [0, 1] of a picture: ``(height, width)``, or with 3 colours before.

    Raises:
        ImportError: the picture comes with a package that is missing.
        ValueError: there is no picture of this name.

    >>> named_picture("steps")[0]
    array([0., 1., 1., 1., 1., 1.], dtype=float32)
    """
    if name not in PICTURES:
        raise UsageError(f"no picture {name!r}: choose from {', '.join(PICTURES)}")
    if name == "steps":
        return (np.arange(6)[:, None] < np.arange(6)).astype(np.float32)
    samples = need("sklearn.datasets", f"the picture {name} comes with")
    pixels = np.asarray(samples.load_sample_image(f"{name}.jpg"), dtype=np.float32)
    pixels /= 255
    return pixels.transpose(2, 0, 1)
