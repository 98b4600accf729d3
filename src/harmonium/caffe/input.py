"""The input of a net of Caffe: its shape, and how Caffe prepares pictures."""

import math

from harmonium.caffe.message import Message

__all__ = ["notes_of", "shape_of"]

_LARGEST = 2**28
"""Largest number of values of an example."""


def shape_of(given: Message) -> tuple[int, ...] | None:
    """Shape of an example, without the axis of rows; None if the message does not say it.

    Args:
        given: a net with the fields "input", or a layer of data.

    Raises:
        ValueError: sizes are not positive, or absurdly large.
    """
    shapes = given.messages("input_shape") or given.message("input_param").messages("shape")
    if shapes:
        axes = shapes[0].wholes("dim")
    else:
        axes = given.wholes("input_dim")[:4]
    crop = given.message("transform_param").whole("crop_size", 0)
    if not axes and crop:
        return (3, crop, crop)
    if not axes:
        return None
    if len(axes) < 2 or min(axes) < 1 or math.prod(axes[1:]) > _LARGEST:
        given.refuse(f"an input of shape {tuple(axes)}: give rows, channels and sizes of pictures")
    return tuple(axes[1:])


def notes_of(layer: Message) -> list[str]:
    """What Caffe does with pictures before the net reads them, as remarks."""
    given = layer.message("transform_param")
    notes = []
    if (mean := given.numbers("mean_value")) or "mean_file" in given:
        what = f"the values {mean}" if mean else f"the picture {given.text('mean_file')}"
        notes.append(f"Caffe subtracts {what} (in the order BGR) from every picture of 0 to 255")
    if (scale := given.number("scale", 1.0)) != 1:
        notes.append(f"Caffe multiplies values of 0 to 255 by {scale:g}, divides by {1 / scale:g}")
    return notes
