"""Tiles of a figure as arrays, and the net of a view."""

import numpy as np


def tiles(picture, columns):
    """Rows of tiles of a picture on a page, ``(lines, columns, height, width)``."""
    images = picture.figure.axes[0].images
    values = np.stack([np.asarray(image.get_array()) for image in images])
    return values.reshape(-1, columns, *values.shape[1:])
