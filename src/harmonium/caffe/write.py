"""Writes weights as a .caffemodel."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harmonium.caffe.schema import V1_TYPES
from harmonium.caffe.wire import packed_floats, varint, written
from harmonium.errors import UsageError
from harmonium.files import write_whole

__all__ = ["write_caffemodel"]

Blobs = Sequence[NDArray[np.floating]]


def write_caffemodel(
    path: Path,
    layers: Mapping[str, tuple[str, Blobs]],
    *,
    version: Literal[1, 2] = 2,
    name: str = "harmonium",
) -> Path:
    """Writes the weights of layers as a .caffemodel; returns the path.

    Args:
        path: the new file; an existing file is replaced.
        layers: name -> type, such as "Convolution", and its blobs: weights, then biases.
        version: of the form of layers: 2, or 1 as of Caffe before 2014, which has blobs of four
            axes.
        name: of the net.

    Raises:
        ValueError: the older form has no such type, or blobs of more than four axes.
        OSError: the file cannot be written.
    """
    numbers = {kind: number for number, kind in V1_TYPES.items()}
    parts = [written("net", [("name", name)])]
    for layer, (kind, blobs) in layers.items():
        if version == 1 and kind not in numbers:
            raise UsageError(f"layer {layer!r}: the form V1 has no type {kind}: write V2")
        content = [("blobs", _blob(blob, version)) for blob in blobs]
        if version == 1:
            fields = [("name", layer), ("type", numbers[kind]), *content]
            parts.append(written("net", [("layers", written("layer_v1", fields))]))
        else:
            fields = [("name", layer), ("type", kind), *content]
            parts.append(written("net", [("layer", written("layer", fields))]))
    return write_whole(Path(path), b"".join(parts))


def _blob(values: NDArray[np.floating], version: int) -> bytes:
    shape = values.shape
    if version == 1:
        if len(shape) > 4:
            raise UsageError(f"a blob of shape {shape}: the form V1 has four axes; write V2")
        axes = (*[1] * (4 - len(shape)), *shape)
        sizes = zip(("num", "channels", "height", "width"), axes, strict=True)
        return written("blob", [*sizes, ("data", packed_floats(values))])
    dims = b"".join(varint(n) for n in shape)
    packed = varint(1 << 3 | 2) + varint(len(dims)) + dims
    return written("blob", [("shape", packed), ("data", packed_floats(values))])
