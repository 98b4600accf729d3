"""Sparse matrices in files: read as they were written, never dense as a whole, or refused."""

import numpy as np
import pytest
import torch
from scipy.sparse import coo_array, csc_matrix, csr_array, csr_matrix, dia_array, save_npz

from harmonium.data import Counts, Numbers, arrays
from harmonium.data.streamed import Streamed

X = np.random.default_rng(0).poisson(0.3, (9, 5))
WORDS = np.array(["ant", "bee", "cow", "dog", "eel"])


def parts(matrix, prefix=""):
    return {
        prefix + "data": matrix.data,
        prefix + "indices": matrix.indices,
        prefix + "indptr": matrix.indptr,
        prefix + "shape": np.array(matrix.shape),
    }


def refused(path, message, **settings):
    with pytest.raises(ValueError, match=message) as caught:
        arrays(path, **settings)
    assert path.name in str(caught.value)


@pytest.mark.parametrize("kind", [csr_array, csr_matrix, csc_matrix, coo_array])
def test_a_saved_matrix_is_the_rows_as_counts(tmp_path, kind):
    save_npz(tmp_path / "a.npz", kind(X))
    data = arrays(tmp_path / "a.npz")
    assert isinstance(data.train.x, Streamed)
    assert data.columns["x"] == Counts((5,))
    assert torch.equal(data.train.x[:], torch.from_numpy(X).float())


def test_real_numbers_are_values_until_counts_says_otherwise(tmp_path):
    path = tmp_path / "a.npz"
    save_npz(path, csr_array(X.astype(np.float64)))
    assert arrays(path).columns["x"] == Numbers((5,))
    assert arrays(path, counts=True).columns["x"] == Counts((5,))
    save_npz(path, csr_array(X))
    assert arrays(path, counts=False).columns["x"] == Numbers((5,))


def test_a_folder_of_matrices_labels_and_words(tmp_path):
    save_npz(tmp_path / "x_train.npz", csr_array(X))
    save_npz(tmp_path / "x_test.npz", csr_array(X[:4]))
    np.save(tmp_path / "y_train.npy", np.arange(9) % 2)
    np.save(tmp_path / "words.npy", WORDS)
    data = arrays(tmp_path, names="words")
    assert (len(data.train), len(data.test), data.classes) == (9, 4, (0, 1))
    assert data.features == tuple(WORDS)
    assert torch.equal(data.test.x[:], data.train.x[:4])


@pytest.mark.parametrize("mark", ["/", ".", "_"])
def test_parts_of_a_larger_archive_are_one_matrix(tmp_path, mark):
    matrix = csr_array(X)
    named = {**parts(matrix, f"x_train{mark}"), **parts(csr_array(X[:2]), f"x_test{mark}")}
    np.savez(tmp_path / "a.npz", **named, y_train=np.arange(9) % 3)
    data = arrays(tmp_path / "a.npz")
    assert torch.equal(data.train.x[:], torch.from_numpy(X).float())
    assert (len(data.test), len(data.classes)) == (2, 3)


def test_a_group_of_hdf5_is_a_matrix(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, part in parts(csr_array(X), "x/").items():
            file[name] = part
        file["y"] = np.arange(9) % 2
        file["words"] = [str(word) for word in WORDS]
    data = arrays(tmp_path / "a.h5", 0.3, names="words")
    rows = torch.cat([data.train.x[:], data.test.x[:]])
    assert rows.sum() == X.sum()
    assert data.features == tuple(WORDS)


def test_a_matrix_that_would_be_huge_if_dense_is_read(tmp_path):
    wide = coo_array(([3], ([123_456], [7])), shape=(200_000, 500_000))
    save_npz(tmp_path / "a.npz", wide.tocsr())
    x = arrays(tmp_path / "a.npz").train.x
    assert x.shape == (200_000, 500_000)
    assert x.index_select(0, torch.tensor([123_456]))[0, 7] == 3


def test_values_that_are_no_counts_are_refused(tmp_path):
    for value, found in ((-1, "from -1 to"), (0.5, "from 0.5 to"), (np.nan, "from nan to nan")):
        matrix = csr_array(X.astype(np.float64))
        matrix.data[0] = value
        save_npz(tmp_path / "a.npz", matrix)
        refused(tmp_path / "a.npz", f"x: values range {found}.*set counts to false", counts=True)
    np.save(tmp_path / "b.npy", X - 1)
    with pytest.raises(ValueError, match="b, train: values range from -1 to .*whole numbers"):
        arrays(tmp_path / "b.npy", counts=True)
    with pytest.raises(ValueError, match="whole numbers of at least 0"):
        arrays(tmp_path / "b.npy", counts=True, stream=True).train.x[:3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"indices": None}, "sparse format csr without indices: write it again with scipy"),
        ({"format": np.array(b"dia")}, "sparse format 'dia'; csr, csc and coo are read"),
        ({"shape": np.array([9, -5])}, "of shape \\[9, -5\\]; two whole numbers"),
        ({"shape": np.array([9, 5, 1])}, "two whole numbers"),
        ({"shape": np.array([9, 2])}, "a damaged sparse matrix"),
        ({"shape": np.array([8, 5])}, "a damaged sparse matrix"),
        ({"shape": np.array([9, 2**62])}, "of memory, and .* is free"),
        ({"indices": np.array([0.5])}, "of int64, float64, .*whole numbers are needed"),
        ({"data": np.array(["a"])}, "of <U1, "),
        ({"indices": np.full(int((X > 0).sum()), -1)}, "a damaged sparse matrix"),
    ],
)
def test_damaged_parts_are_refused(tmp_path, change, message):
    named = {**parts(csr_array(X)), **change}
    np.savez(
        tmp_path / "a.npz", **{name: part for name, part in named.items() if part is not None}
    )
    refused(tmp_path / "a.npz", message)


def test_what_does_not_fit_is_refused(tmp_path):
    save_npz(tmp_path / "a.npz", csr_array(X))
    refused(tmp_path / "a.npz", "no array 'words'; it holds x: set `names`", names="words")
    refused(tmp_path / "a.npz", "stays sparse.*leave stream out", stream=True)
    np.savez(tmp_path / "b.npz", x=X, names=WORDS[:3], **parts(csr_array(X), "y/"))
    refused(tmp_path / "b.npz", "only rows may be sparse")
    np.savez(tmp_path / "b.npz", x=X, names=WORDS[:3])
    refused(tmp_path / "b.npz", "3 names for rows of 5 values", names="names")
    refused(tmp_path / "b.npz", "one text for each column", names="x")
    save_npz(tmp_path / "c.npz", dia_array(np.eye(3)))
    refused(tmp_path / "c.npz", "sparse format 'dia'")
