import sys

import numpy as np
import pytest

from harmonium.apply.tables import Columns, new_file, new_table

X = np.random.default_rng(0).random((5, 3), dtype=np.float32)
NAMES = np.array(["a", "b", "c", "d", "é"])
COLUMNS = Columns(rows=5, main="code", parts={"code": ["code_0", "code_1", "code_2"]})


def written(path, **options):
    with new_table(path, COLUMNS, **options) as table:
        for rows in (slice(0, 2), slice(2, 4), slice(4, 5)):
            table.add({"name": NAMES[rows], "code": X[rows]})
    return path


def test_npy_holds_the_main_value(tmp_path):
    assert np.array_equal(np.load(written(tmp_path / "x.npy")), X)


def test_csv_reads_back_to_the_bit(tmp_path):
    lines = written(tmp_path / "x.csv").read_text().splitlines()
    assert lines[0] == "name,code_0,code_1,code_2"
    assert [line.split(",")[0] for line in lines[1:]] == NAMES.tolist()
    values = np.array([line.split(",")[1:] for line in lines[1:]]).astype(np.float32)
    assert np.array_equal(values, X)


def test_parquet_has_flat_columns(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(written(tmp_path / "x.parquet"))
    assert table.column_names == ["name", "code_0", "code_1", "code_2"]
    assert table["name"].to_pylist() == NAMES.tolist()
    found = np.stack([table[f"code_{i}"].to_numpy() for i in range(3)], 1)
    assert np.array_equal(found, X)


def test_h5_has_the_values_and_the_names_of_their_columns(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(written(tmp_path / "x.h5")) as file:
        assert np.array_equal(file["code"][:], X)
        assert file["code"].attrs["columns"].tolist() == ["code_0", "code_1", "code_2"]
        assert file["name"].asstr()[:].tolist() == NAMES.tolist()


def test_a_file_that_is_there_is_kept(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="--overwrite replaces it"):
        written(path)
    assert path.read_text() == "mine"
    assert written(path, overwrite=True).read_text().startswith("name,")


def test_a_folder_is_never_replaced(tmp_path):
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(FileExistsError, match="name a file"):
        written(tmp_path / "x.csv", overwrite=True)


@pytest.mark.parametrize("suffix", [".npy", ".csv", ".parquet", ".h5"])
def test_an_error_leaves_nothing(tmp_path, suffix):
    def broken():
        with new_table(tmp_path / f"x{suffix}", COLUMNS) as table:
            table.add({"name": NAMES[:2], "code": X[:2]})
            raise RuntimeError("power")

    with pytest.raises(RuntimeError, match="power"):
        broken()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_said_at_once(tmp_path):
    with (
        pytest.raises(ValueError, match=r"\.xlsx is not a format to write; choose from \.npy"),
        new_table(tmp_path / "x.xlsx", COLUMNS),
    ):
        pass
    with (
        pytest.raises(FileNotFoundError, match="there is no folder"),
        new_file(tmp_path / "no" / "x.png", suffixes=[".png"]),
    ):
        pass


def test_a_missing_package_names_its_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with (
        pytest.raises(ImportError, match=r'h5py: pip install "harmonium\[data\]"'),
        new_table(tmp_path / "x.h5", COLUMNS),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_classes_named_as_another_column_do_not_take_its_place(tmp_path):
    columns = Columns(1, "probability", {"probability": ["label", "name"]})
    chunk = {"label": np.array(["name"]), "probability": np.array([[0.2, 0.8]])}
    flat = columns.flat(chunk)
    assert list(flat) == ["label", "probability_label", "probability_name"]
    assert flat["label"].tolist() == ["name"]
    other = Columns(1, "probability", {"probability": ["cat", "name"]})
    assert list(other.flat(chunk)) == ["label", "cat", "name"]
    assert list(other.flat({"name": np.array(["x"]), **chunk}))[2:] == [
        "probability_cat",
        "probability_name",
    ]


def test_suffixes_are_written_in_any_case(tmp_path):
    assert written(tmp_path / "x.CSV").read_text().startswith("name,code_0")
    assert np.array_equal(np.load(written(tmp_path / "x.NPY")), X)
