"""Files of arrays: good ones are read exactly, and every kind of bad one is refused by name."""

import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest

from harmonium.data.archive import opened_archive

X = np.arange(12, dtype=np.float32).reshape(3, 4)


def read(path, name="x"):
    with opened_archive(path) as archive:
        return archive.read(name)


def refused(path, *parts, name="x"):
    with pytest.raises(ValueError, match=path.name) as caught:
        read(path, name)
    assert all(part in str(caught.value) for part in parts), str(caught.value)


def npy_bytes(array, **settings):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, **settings)
    return file.getvalue()


def npy(tmp_path, contents):
    path = tmp_path / "a.npy"
    path.write_bytes(contents)
    return path


def npz(tmp_path, contents):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", contents)
    return path


both = pytest.mark.parametrize("write", [npy, npz])


@both
@pytest.mark.parametrize(
    "array", [X, np.asfortranarray(X), X > 3, X.astype(">i8"), np.array(["a", "b"])]
)
def test_values_come_back(tmp_path, write, array):
    assert np.array_equal(read(write(tmp_path, npy_bytes(array))), array)


@both
def test_the_second_version_of_the_format_is_read(tmp_path, write):
    assert np.array_equal(read(write(tmp_path, npy_bytes(X, version=(2, 0)))), X)


def test_a_npy_file_is_mapped_and_never_written_to(tmp_path):
    path = npy(tmp_path, npy_bytes(X))
    mapped = read(path)
    assert isinstance(mapped, np.memmap)
    mapped[0, 0] = 99
    assert read(path)[0, 0] == 0


@both
def test_pickles_are_never_read(tmp_path, write):
    marker = tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(marker),))

    refused(write(tmp_path, pickle.dumps(Evil())), "looks like a pickle", "never read")
    objects = npy_bytes(np.array([Evil()], dtype=object), allow_pickle=True)
    refused(write(tmp_path, objects), "an array of objects (pickled)", ".astype")
    assert not marker.exists()


@both
@pytest.mark.parametrize(
    ("contents", "parts"),
    [
        (b"", ["is empty", "numpy.save"]),
        (b"<html>not found", ["starts with bytes [3c 68 74 6d 6c 3e 6e 6f]"]),
        (npy_bytes(X)[:-1], ["announces 3 x 4 values of float32, 48 bytes, and 47 follow"]),
        (npy_bytes(X) + b"!", ["48 bytes, and 49 follow"]),
        (npy_bytes(X)[:20], ["unreadable header"]),
        (b"\x93NUMPY\x07\x00" + bytes(40), ["unreadable header (version 0700"]),
        (b"\x93NUMPY\x01\x08" + npy_bytes(X)[8:], ["unreadable header (version 0108"]),
        (npy_bytes(np.array([1j])), ["type complex128"]),
        (npy_bytes(np.zeros(2, dtype=[("a", "f4")])), ["an array of type [('a', '<f4')]"]),
        (npy_bytes(np.array(["2020-01-01"], dtype="M8[D]")), ["type datetime64[D]"]),
    ],
)
def test_bad_arrays_are_refused(tmp_path, write, contents, parts):
    refused(write(tmp_path, contents), *parts)


@both
def test_an_announced_size_is_not_allocated(tmp_path, write):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 8), }\n"
    lie = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(64)
    refused(write(tmp_path, lie), "1000000000000 x 8 values", "64000000000000 bytes, and 64")


def crafted(shape, kind="<f4", body=b""):
    header = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


@both
@pytest.mark.parametrize(
    ("contents", "finding"),
    [
        (crafted("(-1, -5)", body=bytes(20)), "shape (-1, -5)"),
        (crafted("(-5, 0)"), "shape (-5, 0)"),
        (crafted("(True, 5)", body=bytes(20)), "shape (True, 5)"),
        (crafted("(2.0, 2)", body=bytes(16)), "unreadable header"),
        (crafted(f"({'1, ' * 70})", body=bytes(4)), "up to 32 whole numbers"),
        (crafted("(1000000000000,)", "<U0"), "values of some bytes, are needed"),
        (crafted("(9, 9)", "|S0"), "values of some bytes, are needed"),
        (crafted(f"({'9' * 3000},)"), "999 values of float32"),
        (crafted(f"({'9' * 5000},)"), "unreadable header"),
        (crafted("(" * 500 + ")" * 500), "unreadable header"),
        (crafted("__import__('os').getpid()"), "unreadable header"),
    ],
)
def test_crafted_headers_are_refused(tmp_path, write, contents, finding):
    refused(write(tmp_path, contents), finding)


@pytest.mark.parametrize("shape", ["(0, 1000000000000000000)", "(1000000000000000000, 0)"])
def test_arrays_of_nothing_take_nothing(tmp_path, shape):
    assert read(npy(tmp_path, crafted(shape))).size == 0


@pytest.mark.parametrize("suffix", ["npy", "npz", "h5"])
def test_pipes_are_refused(tmp_path, suffix):
    if suffix == "h5":
        pytest.importorskip("h5py")
    os.mkfifo(tmp_path / f"a.{suffix}")
    refused(tmp_path / f"a.{suffix}", "a pipe, and only regular files are read")


def test_texts_of_hdf5_are_counted_as_they_are_read(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = np.array([["a" * (k % 7), "é"] for k in range(1000)], dtype=object)
        file["bytes"] = np.array([b"\xff"], dtype="S1")
        file["long"] = ["q" * 30_000] * 50
    found = read(tmp_path / "a.h5")
    assert found.shape == (1000, 2)
    assert found[[6, 7], 0].tolist() == ["a" * 6, ""]
    assert set(found[:, 1]) == {"é"}
    refused(tmp_path / "a.h5", "a text is not in UTF-8", name="bytes")
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.001")
    refused(tmp_path / "a.h5", "long", "HARMONIUM_MAX_GIB", name="long")


def test_a_chunk_is_unpacked_as_a_whole(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        shape = {"shape": (2, 2), "maxshape": (None, None), "chunks": (1000, 1000)}
        file.create_dataset("x", dtype="f4", compression="gzip", fillvalue=1, **shape)[:] = 2
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.001")
    refused(tmp_path / "a.h5", "expand to 0.00 GiB", "HARMONIUM_MAX_GIB")


def test_damaged_zip_files_are_refused(tmp_path):
    path = npz(tmp_path, npy_bytes(np.arange(1000.0)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(path, "not a whole .npz archive")
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 255
    path.write_bytes(flipped)
    refused(path, "not a whole .npz archive")
    path.write_bytes(b"")
    refused(path, "not a whole .npz archive")


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.01")
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x=np.zeros(3_000_000), y=np.zeros(3))
    refused(path, "would expand to 0.02 GiB; the limit is 0.01 GiB", "HARMONIUM_MAX_GIB")
    assert read(path, "y").tolist() == [0, 0, 0]


def test_a_folder_of_npy_files_is_an_archive(tmp_path):
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", np.arange(3))
    with opened_archive(tmp_path) as archive:
        assert archive.names == ("x", "y")
        assert archive.read("y").tolist() == [0, 1, 2]


def test_other_files_and_missing_ones_are_refused(tmp_path):
    for name in ("gone.npy", "gone.npz", "gone.h5", "gone"):
        with pytest.raises(FileNotFoundError, match=name):
            read(tmp_path / name)
    (tmp_path / "a.mat").touch()
    refused(tmp_path / "a.mat", "arrays are read from .npy, .npz, .h5", "`table`")


# --- HDF5 -------------------------------------------------------------------------------------


@pytest.fixture
def h5(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "a.h5"

    def write(fill):
        with h5py.File(path, "w") as file:
            fill(file, h5py)
        return path

    return write


def test_hdf5_is_read_with_groups_and_text(h5):
    def fill(file, _):
        file["train/x"] = X
        file.create_dataset("packed", data=X, compression="gzip")
        file["names"] = ["cat", "dög"]

    path = h5(fill)
    with opened_archive(path) as archive:
        assert set(archive.names) == {"train/x", "packed", "names"}
        assert np.array_equal(archive.read("train/x"), X)
        assert np.array_equal(archive.read("packed"), X)
        assert archive.read("names").tolist() == ["cat", "dög"]


def test_hdf5_values_outside_the_file_are_not_read(h5, tmp_path):
    (tmp_path / "secret").write_bytes(bytes(48))

    def fill(file, h5py):
        secret = str(tmp_path / "secret")
        file.create_dataset("x", (3, 4), "f4", external=[(secret, 0, 48)])
        file["link"] = h5py.ExternalLink("other.h5", "x")

    path = h5(fill)
    refused(path, "its values lie in other files")
    with opened_archive(path) as archive:
        assert archive.names == ("x",)


def test_bad_hdf5_is_refused(h5, monkeypatch):
    def fill(file, _):
        file["x"] = X * 1j
        file.create_dataset("huge", (10**7, 10**7), "f4", chunks=(1000, 1000), compression="gzip")

    path = h5(fill)
    refused(path, "of type complex64")
    refused(path, "would expand to", name="huge")
    path.write_bytes(path.read_bytes()[:100])
    refused(path, "not a whole HDF5 file")


def test_hdf5_without_h5py_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    (tmp_path / "a.h5").touch()
    with pytest.raises(ImportError, match=r'h5py: pip install "harmonium\[data\]"'):
        read(tmp_path / "a.h5")
