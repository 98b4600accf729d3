"""Named arrays in files: .npy, folders of .npy, .npz, HDF5; pickles are refused."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tokenize import TokenError
from types import ModuleType
from typing import IO, Any, NamedTuple

import numpy as np

from harmonium.data.blocks import BLOCK, Blocks, raw_blocks
from harmonium.data.expand import check_expansion
from harmonium.errors import DataError
from harmonium.extras import need
from harmonium.files import regular

__all__ = ["Archive", "Array", "opened_archive"]

Array = np.ndarray[Any, Any]
_HDF5 = (".h5", ".hdf5")
_UNREADABLE = (ValueError, TypeError, KeyError, SyntaxError, TokenError, OverflowError)
_DAMAGED = (OSError, RuntimeError, KeyError, TypeError, AttributeError, UnicodeError)
"""Errors that h5py raises for a damaged file."""
_AXES = 32  # of an array; NumPy's own limit differs between its versions
_LONG = 2**24  # bytes of text to read at once
_AGAIN = "write it again with numpy.save or numpy.savez_compressed"


class Archive(NamedTuple):
    """Named arrays of one file: `read` loads an array by name, `blocks` leaves it in the file."""

    path: Path
    names: tuple[str, ...]
    read: Callable[[str], Array]
    blocks: Callable[[str], Blocks]


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """Opens the named arrays of a .npz, an HDF5 file, or a folder; "x" of a single .npy.

    In a folder, x.npy is array "x", and the arrays of more.npz are "more/x" and so on.

    Each array is checked before memory of its announced size is allocated; .npy files are mapped.

    Raises:
        FileNotFoundError: there is no such file.
        ImportError: h5py is missing, for an HDF5 file.
        ValueError: the file is of another kind or damaged, or an array is pickled, of objects,
            complex, or expands too far (`check_expansion`).
    """
    if path.is_dir():
        with _opened_folder(path) as archive:
            yield archive
    elif path.suffix.lower() == ".npy":
        yield Archive(path, ("x",), lambda _: _mapped(path), lambda _: _npy(path))
    elif path.suffix.lower() == ".npz":
        with _opened_npz(path) as archive:
            yield archive
    elif path.suffix.lower() in _HDF5:
        with _opened_hdf5(path) as archive:
            yield archive
    elif not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    else:
        raise DataError(
            f"{path}: arrays are read from .npy, .npz, .h5, .hdf5, or a folder of .npy; tables "
            "with `table`, pictures with `image_folder`"
        )


@contextmanager
def _opened_folder(path: Path) -> Iterator[Archive]:
    """Arrays of .npy files by their stems, and of .npz files as stem/name."""
    paths = sorted(file for file in path.iterdir() if file.suffix.lower() in (".npy", ".npz"))
    files = {file.stem: file for file in paths if file.suffix.lower() == ".npy"}
    with ExitStack() as stack:
        packed = {
            file.stem: stack.enter_context(_opened_npz(file))
            for file in paths
            if file.suffix.lower() == ".npz"
        }
        inside = [f"{stem}/{name}" for stem, archive in packed.items() for name in archive.names]

        def read(name: str) -> Array:
            stem, _, inner = name.partition("/")
            return packed[stem].read(inner) if inner else _mapped(files[name])

        def blocks(name: str) -> Blocks:
            stem, _, inner = name.partition("/")
            return packed[stem].blocks(inner) if inner else _npy(files[name])

        yield Archive(path, (*files, *inside), read, blocks)


def _mapped(path: Path) -> np.memmap[Any, Any]:
    with regular(path).open("rb") as file:
        _check_npy(file, size=path.stat().st_size, where=str(path))
    with _whole(str(path)):
        return np.lib.format.open_memmap(path, mode="c")  # writes stay in memory


@contextmanager
def _whole(where: str) -> Iterator[None]:
    """Converts all errors of NumPy for a damaged header into one that names the file."""
    try:
        yield
    except (*_UNREADABLE, EOFError) as error:
        raise DataError(f"{where}: unreadable array ({error}): {_AGAIN}") from error


def _npy(path: Path) -> Blocks:
    array = _mapped(path)
    if not array.flags.c_contiguous:
        raise DataError(
            f"{path}: its columns lie together, not its rows, so that it cannot be streamed: "
            "write it again with numpy.save(path, numpy.ascontiguousarray(x))"
        )
    shape = array.shape or (0,)
    return raw_blocks(path, str(path), shape=shape, dtype=array.dtype, offset=array.offset)


@contextmanager
def _opened_npz(path: Path) -> Iterator[Archive]:
    try:
        with zipfile.ZipFile(regular(path)) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            if len(members) < len(archive.infolist()):
                raise DataError(f"{path}: two of its arrays have one name: {_AGAIN}")

            def read(name: str) -> Array:
                info, where = members[name], f"{path}, {name}"
                check_expansion(where, packed=info.compress_size, unpacked=info.file_size)
                with archive.open(info) as stream:
                    _check_npy(stream, size=info.file_size, where=where)
                with archive.open(info) as stream, _whole(where):
                    return np.lib.format.read_array(stream, allow_pickle=False)

            def refuse(name: str) -> Blocks:
                raise DataError(
                    f"{path}, {name}: a packed .npz cannot be streamed: write .npy or HDF5 files"
                )

            yield Archive(path, tuple(members), read, refuse)
    except FileNotFoundError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        RuntimeError,  # encrypted, or compressed in an unknown way
    ) as error:
        raise DataError(f"{path}: not a whole .npz archive ({error}): {_AGAIN}") from error


def _check_npy(stream: IO[bytes], *, size: int, where: str) -> None:
    """Checks magic, type and size before memory of the announced size is allocated."""
    start = stream.read(8)
    if start[:6] != b"\x93NUMPY":
        fault = "is empty" if not start else f"starts with bytes [{start.hex(' ')}]"
        if start[:1] == b"\x80":
            fault += ", which looks like a pickle; pickles run code and are never read"
        raise DataError(f"{where}: {fault}; an array in NumPy's format is needed: {_AGAIN}")
    read_header = {
        b"\x01\x00": np.lib.format.read_array_header_1_0,
        b"\x02\x00": np.lib.format.read_array_header_2_0,
    }.get(start[6:])
    try:
        if read_header is None:
            raise DataError(f"version {start[6:].hex()} of the format")
        shape, _, kind = read_header(stream)
    except _UNREADABLE as error:
        raise DataError(f"{where}: unreadable header ({error}): {_AGAIN}") from error
    if kind.hasobject or kind.kind not in "buifSU":
        what = "objects (pickled)" if kind.hasobject else f"type {kind}"
        raise DataError(
            f"{where}: an array of {what}; real numbers or text are needed: convert it with "
            ".astype before saving"
        )
    if len(shape) > _AXES or any(type(n) is not int or n < 0 for n in shape) or not kind.itemsize:
        raise DataError(
            f"{where}: the header announces an array of shape {str(shape)[:80]} of {kind}; up to "
            f"{_AXES} whole numbers, and values of some bytes, are needed: {_AGAIN}"
        )
    announced, found_bytes = math.prod(shape) * kind.itemsize, size - stream.tell()
    if announced != found_bytes:
        raise DataError(
            f"{where}: the header announces {' x '.join(map(str, shape))} values of {kind}, "
            f"{announced} bytes, and {found_bytes} follow: the file is damaged: {_AGAIN}"
        )


@contextmanager
def _opened_hdf5(path: Path) -> Iterator[Archive]:
    h5py = need("h5py", "HDF5 files need")
    try:
        file = h5py.File(regular(path), "r")
    except FileNotFoundError:
        raise
    except _DAMAGED as error:
        raise DataError(f"{path}: not a whole HDF5 file ({error})") from error
    with file:
        names: list[str] = []

        def note(name: str | bytes, x: Any) -> None:  # noqa: ANN401
            if hasattr(x, "dtype"):  # a name that is not UTF-8 is bytes
                text = name if isinstance(name, str) else name.decode("utf-8", "backslashreplace")
                names.append(text)

        try:
            file.visititems(note)
        except (*_DAMAGED, ValueError) as error:
            raise DataError(f"{path}: not a whole HDF5 file ({error})") from error

        def read(name: str) -> Array:
            where = f"{path}, {name}"
            try:
                return _values(h5py, file, name=name, where=where)
            except _DAMAGED as error:
                raise DataError(f"{where}: damaged values ({error})") from error

        yield Archive(path, tuple(names), read, lambda name: _hdf5(h5py, path, name=name))


def _hdf5(h5py: ModuleType, path: Path, *, name: str) -> Blocks:
    """Reads chunks as blocks, several small ones together; the file stays open."""
    where = f"{path}, {name}"
    data = _numbers(h5py, h5py.File(path, "r"), name=name, where=where)
    shape, kind, offset = data.shape or (0,), data.dtype, data.id.get_offset()
    plain = data.chunks is None and data.id.get_type().equal(h5py.h5t.py_create(kind))
    if plain and offset is not None:
        return raw_blocks(path, where, shape=shape, dtype=kind, offset=offset)
    chunk = data.chunks[0] if data.chunks else 1
    each = chunk * max(1, BLOCK // max(1, chunk * math.prod(shape[1:]) * kind.itemsize))

    def read(block: int) -> Array:
        try:
            return np.asarray(data[block * each : (block + 1) * each])
        except _DAMAGED as error:
            raise DataError(f"{where}: damaged values ({error})") from error

    starts = [*range(0, shape[0], each), shape[0]]
    return Blocks(where, read, shape=shape, dtype=kind, starts=starts)


def _numbers(h5py: ModuleType, file: Mapping[str, Any], *, name: str, where: str) -> Any:  # noqa: ANN401
    """A data set of numbers or text that is stored in this file only."""
    try:
        data = file[name]
        kind, away = data.dtype, data.external or data.is_virtual
    except (*_DAMAGED, ValueError) as error:
        raise DataError(f"{where}: damaged ({error})") from error
    if away:
        raise DataError(f"{where}: its values lie in other files: copy them into this one")
    if kind.kind not in "buifSU" and h5py.check_string_dtype(kind) is None:
        raise DataError(f"{where}: of type {kind}; real numbers or text are needed")
    return data


def _values(h5py: ModuleType, file: Mapping[str, Any], *, name: str, where: str) -> Array:
    data = _numbers(h5py, file, name=name, where=where)
    text = h5py.check_string_dtype(data.dtype) is not None
    packed = data.id.get_storage_size()
    values = max(data.size or 0, math.prod(data.chunks or (1,)))  # chunks are decompressed whole
    check_expansion(where, packed=packed, unpacked=values * data.dtype.itemsize)
    return _texts(data, where) if text else np.asarray(data[()])


def _texts(data: Any, where: str) -> Array:  # noqa: ANN401
    """Reads texts in pieces: equal texts are stored once in the file, but not in memory."""
    text, length, first, step = data.asstr(), 0, 0, 1
    pieces: list[Array] = []
    try:
        if not data.ndim:
            return np.asarray(text[()])
        while first < len(data):
            pieces.append(text[first : first + step])
            length += sum(map(len, pieces[-1].ravel()))
            check_expansion(where, packed=data.file.id.get_filesize(), unpacked=length)
            first += step
            step = max(1, min(2 * step, _LONG * first // max(1, length)))
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: a text is not in UTF-8 ({error.reason})") from error
    return np.concatenate(pieces) if pieces else np.empty(data.shape, dtype=object)
