"""Data sets from arrays: splits by name, labels, weights, shapes, and what does not fit."""

import zipfile

import numpy as np
import pytest
import torch

from harmonium.data import Streamed, archive, blocks
from harmonium.data.arrays import arrays
from harmonium.data.kinds import Numbers, Picture

X = np.arange(24, dtype=np.uint8).reshape(6, 2, 2)
Y = np.array(["b", "a", "b", "a", "", "a"])


def saved(path, **named):
    np.savez(path, **named)
    return path


def refused(message, *paths, **settings):
    with pytest.raises(ValueError, match=message):
        arrays(*paths, **settings)


def test_one_archive_may_hold_every_split(tmp_path):
    path = saved(
        tmp_path / "toy.npz",
        **{"x_train": X, "y_train": Y, "x_test": X[:2], "y_test": np.array(["c", "a"])},
        **{"validation_x": X[2:3], "weights_train": np.arange(6.0)},
    )
    data = arrays(path)
    assert repr(data) == ("DataSet('toy': 6 train, 1 validation, 2 test, each 2 x 2, 3 classes)")
    assert data.classes == ("a", "b", "c")
    assert data.train.x.dtype == torch.float32
    assert data.train.x[1].tolist() == [4, 5, 6, 7]
    assert data.train.y.tolist() == [1, 0, 1, 0, -1, 0]
    assert data.test.y.tolist() == [2, 0]
    assert data.validation.y is None
    assert data.train.weights.tolist() == [0, 1, 2, 3, 4, 5]


def test_two_archives_with_chosen_names(tmp_path):
    one = saved(tmp_path / "one.npz", rows=X, kind=[[1, 0]] * 6, mass=np.ones((6, 1)))
    two = saved(tmp_path / "two.npz", rows=X[:1], kind=[[0, 1]], mass=[2])
    data = arrays(one, two, x="rows", y="kind", weights="mass")
    assert data.classes == (0, 1)
    assert data.test.y.tolist() == [1]
    assert data.train.weights.shape == (6,)
    assert data.test.weights.tolist() == [2]


def test_a_single_npy_of_float32_is_mapped(tmp_path):
    np.save(tmp_path / "a.npy", X.astype(np.float32))
    data = arrays(tmp_path / "a.npy")
    assert data.train.y is None
    assert data.shape == (2, 2)
    assert data.classes == ()
    data.train.x[0, 0] = 7  # neither a warning nor written to the file
    assert arrays(tmp_path / "a.npy").train.x[0, 0] == 0


def test_a_folder_and_one_value_per_row(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(4.0))
    np.save(tmp_path / "y.npy", np.array([5, 5, -1, 8]))
    data = arrays(tmp_path, unlabelled=-1)
    assert data.shape == (1,)
    assert data.train.y.tolist() == [0, 0, -1, 1]
    assert data.classes == (5, 8)


def test_hdf5_groups_are_splits(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["train/x"], file["test/x"], file["train/y"] = X, X[:1], list("aabbab")
    data = arrays(tmp_path / "a.h5")
    assert (len(data.train), len(data.test)) == (6, 1)
    assert data.classes == ("a", "b")


def test_strings_serve_as_paths(tmp_path):
    assert len(arrays(str(saved(tmp_path / "a.npz", x=X))).train) == 6


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"z": X}, "no array 'x' or 'x_train'; it holds z: set `x` to the name of one"),
        ({}, "it holds none"),
        ({"x": X[:0]}, "train rows are empty"),
        ({"x": np.float64(3)}, "train rows are empty|one entry"),
        ({"x": X, "y": Y[:5]}, r"6 train rows, but y has shape \(5,\)"),
        ({"x": X, "weights": np.float64(1)}, r"weights are float64 of shape \(\)"),
        ({"x": Y}, "train rows are of type <U1; real numbers"),
        ({"x": X, "y": [0.5] * 6}, "label 0 .* is 0.5"),
        (
            {"x_train": X, "x_test": X[:, 0]},
            r"training rows have shape \(2, 2\), test rows \(2,\)",
        ),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, named, message):
    refused(message, saved(tmp_path / "toy.npz", **named))


def test_a_name_that_was_given_must_be_there(tmp_path):
    refused("no array 'kind'.* set `y`", saved(tmp_path / "toy.npz", x=X), y="kind")


def test_columns_of_weights_are_numbers_one_per_row(tmp_path):
    path = saved(tmp_path / "toy.npz", x=X, weights=np.ones((6, 2)))
    refused(r"weights are float64 of shape \(6, 2\)", path)
    refused("weights are <U1", saved(tmp_path / "b.npz", x=X, weights=Y))


def test_a_share_is_held_out_as_test_rows(tmp_path):
    path = saved(tmp_path / "a.npz", x=np.arange(20.0), y=[3, 8] * 10)
    data = arrays(path, 0.2)
    assert data.test.y.bincount().tolist() == [2, 2]
    rows = torch.cat((data.train.x, data.test.x)).flatten()
    assert rows.sort().values.tolist() == list(range(20))
    both = saved(tmp_path / "b.npz", x_train=X, x_test=X)
    refused("b brings 6 test rows of its own", both, 0.5)


# --- streamed ------------------------------------------------------------------------------------


def files(tmp_path, x, y):
    """The same rows in every kind of file that can be streamed."""
    np.save(tmp_path / "one.npy", x)
    folder = tmp_path / "folder"
    folder.mkdir()
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    yield from (tmp_path / "one.npy", folder)
    h5py = pytest.importorskip("h5py")
    layouts = {
        "plain": {},
        "packed": {"chunks": (3, *x.shape[1:]), "compression": "gzip"},
        "odd": {"chunks": (5, 1, x.shape[2])},
    }
    for name, settings in layouts.items():
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file.create_dataset("x", data=x, **settings)
            file["y"] = y
        yield tmp_path / f"{name}.h5"


@pytest.mark.parametrize("kind", ["u1", "?", ">f4", "<f8", "<i4"])
def test_streamed_rows_are_those_that_are_read(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(archive, "BLOCK", 64)
    x = np.random.default_rng(0).integers(0, 2 if kind == "?" else 100, (23, 4, 2)).astype(kind)
    for path in files(tmp_path, x, np.arange(23) % 3):
        plain, streamed = arrays(path, 0.2), arrays(path, 0.2, stream=True)
        assert isinstance(streamed.train.x, Streamed)
        assert streamed.train.x.blocks.number > 1
        assert repr(streamed) == repr(plain)
        assert torch.equal(streamed.test.x[:], plain.test.x)
        assert streamed.fingerprint() == plain.fingerprint()


def test_what_cannot_be_streamed_is_refused_with_the_remedy(tmp_path, monkeypatch):
    path = saved(tmp_path / "a.npz", x=X)
    refused(r"a\.npz, x: a packed \.npz cannot be streamed: write", path, stream=True)
    np.save(tmp_path / "f.npy", np.asfortranarray(X.reshape(6, 4)))
    message = (
        r"f\.npy: its columns lie together.*write it again with numpy\.save\(path, numpy\.asc"
    )
    refused(message, tmp_path / "f.npy", stream=True)
    np.save(tmp_path / "t.npy", np.array(["a", "b"]))
    refused("train rows are of type <U1", tmp_path / "t.npy", stream=True)
    h5py = pytest.importorskip("h5py")
    monkeypatch.setattr(blocks, "WINDOW", 2**10)
    with h5py.File(tmp_path / "wide.h5", "w") as file:
        file.create_dataset("x", data=np.zeros((600, 8), "u1"), chunks=(600, 1))
        file.create_dataset("none", (0, 3), "u1", maxshape=(None, 3))
    message = r"wide\.h5, x: 600 rows, .* at most 128 rows in a chunk \(HDF5\)"
    refused(message, tmp_path / "wide.h5", stream=True)
    refused("train rows are empty", tmp_path / "wide.h5", x="none", stream=True)


def test_damage_shows_when_it_is_reached(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "bad.h5"
    with h5py.File(path, "w") as file:
        rows = np.random.default_rng(0).integers(0, 255, (400, 50), np.uint8)
        x = file.create_dataset("x", data=rows, chunks=(100, 50), compression="gzip")
        place = x.id.get_chunk_info(2).byte_offset
    with path.open("r+b") as file:
        file.seek(place)
        file.write(bytes(64))
    data = arrays(path, stream=True)
    with pytest.raises(ValueError, match=r"bad\.h5, x: damaged values"):
        data.train.x[:]


@pytest.mark.parametrize("split", ["test", "validation"])
def test_rows_of_another_split_do_not_get_the_labels_of_training(tmp_path, split):
    y, weights = np.array([0, 1, 0, 1, 0, 1]), np.ones(6)
    path = saved(tmp_path / "a.npz", x=X, y=y, weights=weights, **{f"x_{split}": X + 1})
    found = arrays(path).splits()[split]
    assert (found.y, found.weights) == (None, None)
    named = saved(tmp_path / "b.npz", x=X, kind=y, **{f"x_{split}": X + 1})
    assert arrays(named, y="kind").splits()[split].y is None


def test_a_file_of_test_rows_brings_its_own_labels(tmp_path):
    y = np.array([0, 1, 0, 1, 0, 1])
    train = saved(tmp_path / "a.npz", x=X, y=y)
    assert arrays(train, saved(tmp_path / "b.npz", x=X, y=1 - y)).test.y.tolist() == [1, 0] * 3
    assert arrays(train, saved(tmp_path / "c.npz", x_test=X, y=1 - y)).test.y is None


def test_suffixes_are_read_in_any_case(tmp_path):
    for name in ("a.npy", "a.npz", "a.h5"):
        if name == "a.npy":
            np.save(tmp_path / name, X)
        elif name == "a.npz":
            np.savez(tmp_path / name, x=X)
        else:
            with pytest.importorskip("h5py").File(tmp_path / name, "w") as file:
                file["x"] = X
        (tmp_path / name).rename(tmp_path / name.upper())
        assert len(arrays(tmp_path / name.upper()).train) == 6


@pytest.mark.parametrize("kind", ["M8[s]", "m8[s]"])
def test_times_are_no_numbers(tmp_path, kind):
    np.save(tmp_path / "a.npy", np.ones((3, 2), kind))
    with pytest.raises(ValueError, match=r"a\.npy: an array of type (date|time)"):
        arrays(tmp_path / "a.npy")


def test_two_arrays_of_one_name_are_refused(tmp_path):
    saved(tmp_path / "a.npz", x=X)
    with zipfile.ZipFile(tmp_path / "a.npz", "a") as archive:
        member = archive.read("x.npy")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("x.npy", member)
    with pytest.raises(ValueError, match="two of its arrays have one name"):
        arrays(tmp_path / "a.npz")


@pytest.mark.parametrize("y", [np.linspace(0, 1, 6), np.arange(12).reshape(6, 2)])
def test_y_may_be_real_targets(tmp_path, y):
    path = saved(tmp_path / "toy.npz", x=X, y=y, x_test=X[:2], y_test=y[:2])
    data = arrays(path, target=True)
    assert data.columns["y"] == Numbers((y.size // 6,))
    assert data.classes == ()
    np.testing.assert_allclose(data.train.targets.numpy(), y.reshape(6, -1))
    np.testing.assert_allclose(data.test.targets.numpy(), y[:2].reshape(2, -1))


def test_whole_numbers_are_classes_until_target_says_otherwise(tmp_path):
    path = saved(tmp_path / "toy.npz", x=X, y=np.arange(6.0))
    assert arrays(path).classes == (0, 1, 2, 3, 4, 5)
    assert arrays(path, target=True).targets == ("target",)


@pytest.mark.parametrize(
    ("arrays_", "settings", "message"),
    [
        ({"y": np.linspace(0, 1, 6)}, {}, "labels are names or .* set target to true"),
        ({}, {"target": True}, "toy.npz: no array y of targets: set `y`"),
        ({"y": Y}, {"target": True}, "train targets are <U1; numbers are needed"),
        ({"y": np.full(6, np.nan)}, {"target": True}, "target 0 at row 0 .* is nan"),
        ({"y": np.ones(6)}, {"target": True, "unlabelled": 1}, "leave it out with target"),
        (
            {"y": np.ones(6), "x_test": X, "y_test": np.ones((6, 2))},
            {"target": True},
            "toy, test: rows of 2 values",
        ),
    ],
)
def test_targets_that_are_none_are_refused(tmp_path, arrays_, settings, message):
    refused(message, saved(tmp_path / "toy.npz", x=X, **arrays_), **settings)


def test_pictures_are_known_by_their_shape(tmp_path):
    kinds = {(4, 4): Picture((1, 4, 4)), (4, 4, 3): Picture((3, 4, 4), stored=(4, 4, 3))}
    for shape, kind in {**kinds, (5,): Numbers((5,))}.items():
        path = saved(tmp_path / f"{len(shape)}.npz", x=np.zeros((2, *shape)))
        assert arrays(path).columns == {"x": kind}
        assert arrays(path).shape == shape
