"""IDX files, the format of MNIST: a big-endian header (kind, sizes), then the bytes."""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from harmonium.data.expand import check_expansion, opened, packed_size
from harmonium.errors import DataError
from harmonium.files import regular

__all__ = ["idx_header", "idx_md5", "read_idx"]

_UINT8 = 0x08
_KINDS = {0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}
_MAX_AXES = 4
_CHUNK = 1 << 20
_DEFLATE = 1032  # maximum ratio of decompressed to compressed bytes of gzip
_AGAIN = "bring the file again from its source"


def read_idx(path: str | PathLike[str]) -> Tensor:
    """Reads an IDX file of unsigned bytes, gzipped or plain (by content, not by name).

    Returns: uint8, of the shape that the header gives, e.g. (N, height, width) or (N,).

    Raises:
        ValueError: the file is not exactly one IDX file of unsigned bytes: it has another format
            or type, is truncated, too long, a damaged gzip stream, or has more values than a file
            of its size may hold (`check_expansion`).
        OSError: the file cannot be opened.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(idx_header((2, 3)) + bytes(range(6)))
    ...     _ = file.seek(0)
    ...     read_idx(file.name).tolist()
    [[0, 1, 2], [3, 4, 5]]
    """
    path = Path(path)
    with regular(path).open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    with opened(path, packed=packed) as stream:
        return _parse(stream, path)


def idx_header(shape: Sequence[int]) -> bytes:
    """Returns the header of an IDX file of unsigned bytes of this shape.

    >>> idx_header((10000,)).hex(" ")
    '00 00 08 01 00 00 27 10'
    """
    return struct.pack(f">4B{len(shape)}I", 0, 0, _UINT8, len(shape), *shape)


def idx_md5(values: Tensor) -> str:
    """Returns the MD5 of the uncompressed IDX file that holds `values` (uint8).

    Published checksums are compared with it, since the bytes of a .gz differ between mirrors.

    >>> idx_md5(torch.arange(6, dtype=torch.uint8).reshape(2, 3))
    '2e0e8e14bea8add1b92a82b273c2d15c'
    """
    digest = hashlib.md5(idx_header(values.shape), usedforsecurity=False)
    digest.update(values.contiguous().numpy().data)
    return digest.hexdigest()


def _parse(stream: BinaryIO, path: Path) -> Tensor:
    sizes = _read_sizes(stream, path)
    expected = math.prod(sizes)
    packed = packed_size(path)
    if expected <= _DEFLATE * packed:  # otherwise the file is truncated, with a better message
        check_expansion(str(path), packed=packed, unpacked=expected)
    # One byte more than expected shows a file that is too long, and makes gzip check its trailer.
    payload = _read_at_most(stream, expected + 1)
    if len(payload) != expected:
        amount = "more" if len(payload) > expected else f"only {len(payload)}"
        raise DataError(
            f"{path}: the header announces {' x '.join(map(str, sizes))} = {expected} bytes, "
            f"the file holds {amount}: {_AGAIN}"
        )
    return torch.frombuffer(payload, dtype=torch.uint8).reshape(sizes)


def _read_sizes(stream: BinaryIO, path: Path) -> tuple[int, ...]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\x00\x00":
        raise DataError(
            f"{path}: starts with bytes [{magic.hex(' ')}], neither gzip [1f 8b] nor IDX "
            f"[00 00 kind axes] (a web page saved under this name?): {_AGAIN}"
        )
    kind, axes = magic[2:]
    if kind != _UINT8:
        raise DataError(
            f"{path}: IDX kind 0x{kind:02x} ({_KINDS.get(kind, 'unknown')}); expected 0x08 "
            "(unsigned bytes): convert the file, or bring the one of unsigned bytes"
        )
    if not 1 <= axes <= _MAX_AXES:
        raise DataError(f"{path}: {axes} axes in the header; expected 1 to {_MAX_AXES}: {_AGAIN}")
    head = stream.read(4 * axes)
    if len(head) < 4 * axes:
        raise DataError(
            f"{path}: ends inside the header, after {4 + len(head)} bytes of {4 + 4 * axes}: "
            f"{_AGAIN}"
        )
    sizes = struct.unpack(f">{axes}I", head)
    if 0 in sizes:
        raise DataError(f"{path}: sizes {sizes} hold no value; expected at least one: {_AGAIN}")
    return sizes


def _read_at_most(stream: BinaryIO, count: int) -> bytearray:
    # `stream.read(count)` would allocate the size in a damaged header before it reads.
    payload = bytearray()
    while chunk := stream.read(min(_CHUNK, count - len(payload))):
        payload += chunk
    return payload
