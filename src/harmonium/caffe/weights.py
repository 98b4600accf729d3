"""Weights of Caffe: blobs of a binary file, given to the parameters of a net."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from harmonium.caffe.layers import Turned
from harmonium.caffe.message import Message
from harmonium.caffe.wire import read_wire
from harmonium.errors import DataError

__all__ = ["array", "fill", "read_mean"]


def read_mean(path: Path) -> NDArray[np.float32]:
    """Reads the mean picture of a .binaryproto file, ``(channels, rows, columns)``, BGR.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it holds no picture.
    """
    found = array(read_wire(path, "blob"))
    return found.reshape(found.shape[-3:]) if found.ndim > 3 else found


def array(blob: Message) -> NDArray[np.float32]:
    """The values of a blob in its shape.

    Raises:
        ValueError: shape and number of values differ, or values are not finite.
    """
    parts = [f.value for name in ("data", "double_data") for f in blob.fields.get(name, ())]
    values = np.concatenate([np.asarray(p, np.float32) for p in parts]) if parts else np.zeros(0)
    if "shape" in blob:
        shape = tuple(blob.message("shape").wholes("dim"))
    else:
        shape = tuple(blob.whole(n, 1) for n in ("num", "channels", "height", "width"))
    if any(n < 0 for n in shape) or math.prod(shape) != len(values) or len(shape) > 32:
        blob.refuse(f"a blob of shape {shape} with {len(values):,d} values: copy the file again")
    if not np.isfinite(values).all():
        blob.refuse(f"a blob of shape {shape} has values that are not finite")
    return values.reshape(shape).astype(np.float32)


@torch.no_grad()
def fill(
    net: nn.Module, turned: Mapping[str, tuple[str, Turned]], *, blobs: Mapping[str, list[Message]]
) -> list[str]:
    """Copies blobs into a net; returns the names of layers of the file that it does not have.

    Args:
        net: the net.
        turned: name of a layer in Caffe -> full name of the module with its weights, and what
            became of it.
        blobs: name of a layer in Caffe -> its blobs.

    Raises:
        ValueError: a layer has no weights in the file, or weights of another size.
    """
    missing = [name for name in turned if not blobs.get(name)]
    if missing:
        raise DataError(
            f"the weights of {', '.join(missing[:5])}{' ...' if len(missing) > 5 else ''} are not "
            f"in the file; it has {', '.join([*blobs][:20]) or 'none'}: give the file of this net"
        )
    for name, (module, how) in turned.items():
        there = blobs[name]
        scale = _factor(there) if "running_mean" in how.weights else 1.0
        for parameter, place in how.weights.items():
            if place >= len(there):
                there[0].refuse(f"layer {name!r} has {len(there)} blobs, and needs {place + 1}")
            value = torch.from_numpy(array(there[place]))
            bare, turn, _ = parameter.partition(".T")
            statistic = bare.startswith("running")
            target: Any = getattr(net.get_submodule(module), bare)
            fitted = _fitted(value.mT if turn else value, target, blob=there[place], name=name)
            target.copy_(fitted * scale if statistic else fitted)
    return [name for name in blobs if blobs[name] and name not in turned]


def _fitted(value: Tensor, target: Tensor, *, blob: Message, name: str) -> Tensor:
    """A value in the shape of a parameter; axes of size 1 do not count."""
    own, given = ([n for n in x.shape if n != 1] for x in (target, value))
    if own != given:
        blob.refuse(
            f"layer {name!r}: a blob of shape {tuple(value.shape)} for {tuple(target.shape)} of "
            "the description: give the two files of one net"
        )
    return value.reshape(target.shape)


def _factor(blobs: list[Message]) -> float:
    """Caffe keeps sums of moving averages, and their total weight as the third blob."""
    if len(blobs) < 3:
        return 1.0
    total = float(array(blobs[2]).sum())
    return 1 / total if total else 0.0
