"""Tables as data sets: both files alike, labels coded together, names kept."""

import gzip

import pytest
import torch

from harmonium.data.kinds import Numbers
from harmonium.data.table import column_names, table


@pytest.fixture
def saved(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


TRAIN = "kind,a,b,w,id\ndog,1,2,1,x\ncat,3,4,2,y\n,5,6,1,z\n"


def test_a_table_is_a_labelled_set(saved):
    test = saved("test.csv", "kind,a,b,w,id\nelk,7,8,1,x\n")
    data = table(saved("pets.csv", TRAIN), test, label="kind", weight="w", ignore=["id"])
    assert repr(data) == "DataSet('pets': 3 train, 1 test, each 2, 3 classes)"
    assert data.features == ("a", "b")
    assert data.classes == ("cat", "dog", "elk")
    assert data.train.y.tolist() == [1, 0, -1]
    assert data.test.y.tolist() == [2]
    assert data.train.weights.tolist() == [1, 2, 1]
    assert data.test.x.tolist() == [[7, 8]]


def test_numeric_labels_by_position_and_mark(saved):
    data = table(saved("a.csv", "1,2,0\n3,4,1\n5,6,9\n"), label=-1, unlabelled=9)
    assert data.classes == (0, 1)
    assert data.train.y.tolist() == [0, 1, -1]
    assert data.train.x.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_without_labels_there_are_no_classes(saved):
    data = table(saved("a.csv", "a,b\n1,2\n"))
    assert data.train.y is None
    assert data.classes == ()


def test_parquet_and_csv_give_the_same_set(saved, tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    path = saved("a.csv", "y,a,b\ndog,1,2.5\ncat,3,4\n")
    pandas.read_csv(path).to_parquet(tmp_path / "a.parquet")
    one, other = table(path, label="y"), table(tmp_path / "a.parquet", label="y")
    assert one.fingerprint() == other.fingerprint()


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("a,c\n1,2\n", "train.csv has 2 features, .*test.csv has 2; they differ at 'b' and 'c'"),
        ("a,b,c\n1,2,3\n", "has 2 features, .* has 3; they differ at some that are missing"),
    ],
)
def test_both_files_need_the_same_columns(saved, test, message):
    with pytest.raises(ValueError, match=message):
        table(saved("train.csv", "a,b\n1,2\n"), saved("test.csv", test))


def test_other_files_and_missing_ones_are_refused(saved, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone.csv: no such file"):
        table(tmp_path / "gone.csv")
    with pytest.raises(ValueError, match=r"a.xlsx: tables are read from .csv"):
        table(saved("a.xlsx", ""))


def test_labels_that_are_measurements_are_refused(saved):
    with pytest.raises(ValueError, match=r"train: label 0 \(from 0\) is 0.5"):
        table(saved("a.csv", "y,a\n0.5,1\n0.7,2\n"), label="y")


def test_a_share_is_held_out_as_test_rows(saved):
    path = saved("a.csv", "y,a\n" + "".join(f"{'ab'[i % 2]},{i}\n" for i in range(20)))
    data = table(path, 0.2, label="y")
    assert data.test.y.bincount().tolist() == [2, 2]
    assert len(data.train) == 16


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "feather"])
def test_streamed_features_are_those_that_are_read(tmp_path, suffix):
    arrow = pytest.importorskip("pyarrow")
    path = tmp_path / f"pets.{suffix}"
    columns = {"id": [*"pqrstuv"], "a": [*range(7)], "kind": [*"xyxyxyx"], "b": [0.5] * 7}
    tabled = arrow.table({**columns, "w": [1.0] * 7})
    if suffix == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(tabled, path, row_group_size=2)
    else:
        packed = "lz4" if suffix == "feather" else None
        options = arrow.ipc.IpcWriteOptions(compression=packed)
        with arrow.ipc.new_file(path, tabled.schema, options=options) as file:
            file.write_table(tabled, max_chunksize=2)
    roles = {"label": "kind", "weight": "w", "ignore": ["id"]}
    plain, streamed = table(path, **roles), table(path, **roles, stream=True)
    assert plain.train.x.tolist() == [[k, 0.5] for k in range(7)]
    assert streamed.features == plain.features == ("a", "b")
    assert streamed.train.x.blocks.number == 4
    assert streamed.train.x.index_select(0, torch.tensor([6, 1])).tolist() == [[6, 0.5], [1, 0.5]]
    assert streamed.fingerprint() == plain.fingerprint()
    assert streamed.train.weights.tolist() == [1] * 7


def test_bad_cells_show_when_they_are_reached(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    path = tmp_path / "holes.parquet"
    holes = arrow.table({"a": [1, 2, 3, None]})
    pytest.importorskip("pyarrow.parquet").write_table(holes, path, row_group_size=2)
    data = table(path, stream=True)
    assert data.train.x[:2].tolist() == [[1], [2]]
    with pytest.raises(ValueError, match="column 'a': 1 empty cells, the first at row 3"):
        data.train.x[2:]


def test_text_is_not_streamed(saved):
    with pytest.raises(ValueError, match=r"a\.csv: text cannot be streamed: write it as Parquet"):
        table(saved("a.csv", "a,b\n1,2\n"), stream=True)


def test_names_of_columns(saved, tmp_path):
    assert column_names(saved("a.csv", "a,b\n1,2\n")) == ("a", "b")
    assert column_names(saved("b.csv", "5,2\n1,2\n")) is None
    assert column_names(saved("c.csv", "5,2\n1,3\n"), header=True) == ("5", "2")
    assert column_names(saved("d.csv", "2019,2020,7\n1,2,3\n"), known=["2020"])[0] == "2019"
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    pandas.DataFrame({"b": [1], "a": [2]}).to_parquet(tmp_path / "a.parquet")
    assert column_names(tmp_path / "a.parquet") == ("b", "a")
    with pytest.raises(ValueError, match="its columns have names: leave header out"):
        table(tmp_path / "a.parquet", header=False)


def test_features_are_chosen_by_name_in_their_order(saved):
    data = table(saved("a.csv", "y,a,b,c\ndog,1,2,3\n"), label="y", features=["c", "a"])
    assert data.features == ("c", "a")
    assert data.train.x.tolist() == [[3, 1]]


def test_a_folder_of_parts_is_answered(tmp_path):
    (tmp_path / "some.parquet").mkdir()
    with pytest.raises(ValueError, match=r"some\.parquet: a folder, .* write its parts into one"):
        table(tmp_path / "some.parquet")


@pytest.mark.parametrize("name", ["A.CSV", "A.Csv.GZ"])
def test_suffixes_are_read_in_any_case(tmp_path, name):
    text = b"a,b\n1,2\n"
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("GZ") else text)
    assert table(tmp_path / name).features == ("a", "b")


def test_labels_of_both_files_stand_in_one_column(saved):
    train = saved("a.csv", "a,w,y\n1,1,0\n2,1,1\n")
    test = saved("b.csv", "a,y,w\n1,0,1\n2,1,1\n")
    with pytest.warns(UserWarning, match="its labels in column 'y', .* in 'w': give the column"):
        table(train, test, label=-1, ignore=[1])


def test_a_column_that_numbers_the_rows_is_warned_about(saved):
    path = saved("a.csv", "id,a\n1,5\n2,5\n3,6\n")
    with pytest.warns(UserWarning, match="column 'id' has another whole number in every row"):
        table(path)
    assert table(path, ignore=["id"]).features == ("a",)


@pytest.mark.parametrize(
    ("target", "names", "features", "values"),
    [
        ("c", ("c",), ("a", "b"), [[3.5], [6.0]]),
        (-1, ("c",), ("a", "b"), [[3.5], [6.0]]),
        (["c", "a"], ("c", "a"), ("b",), [[3.5, 1.0], [6.0, 4.0]]),
    ],
)
def test_a_table_with_real_targets(saved, target, names, features, values):
    data = table(saved("a.csv", "a,b,c\n1,2,3.5\n4,5,6\n"), target=target)
    assert data.targets == names
    assert data.columns["y"] == Numbers((len(names),), names)
    assert data.features == features
    assert data.classes == ()
    assert data.train.targets.tolist() == values
    assert data.train.labels is None


def test_targets_of_both_files_and_of_a_share(saved):
    path = saved("a.csv", "a,t,w\n" + "".join(f"{k},{k / 4},{k % 2}\n" for k in range(20)))
    data = table(path, 0.25, target="t", weight="w")
    assert (len(data.train), len(data.test)) == (15, 5)
    for split in (data.train, data.test):
        assert torch.equal(split.x / 4, split.targets)
        assert torch.equal(split.x[:, 0] % 2, split.weights)
    both = table(path, path, target="t", weight="w")
    assert torch.equal(both.test.targets, both.train.targets)


def test_parquet_gives_the_same_targets_in_memory_and_streamed(saved, tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    text = "t,a,b,s\n" + "".join(f"{k / 3},{k},{-k},{k * k}\n" for k in range(7))
    path = saved("a.csv", text)
    pandas.read_csv(path).to_parquet(tmp_path / "a.parquet", row_group_size=3)
    one = table(path, target=["s", "t"])
    for stream in (False, True):
        other = table(tmp_path / "a.parquet", target=["s", "t"], stream=stream)
        torch.testing.assert_close(other.train.targets, one.train.targets)
        assert torch.equal(other.train.x[:], one.train.x)
        assert other.targets == ("s", "t")


@pytest.mark.parametrize(
    ("text", "settings", "message"),
    [
        ("a,t\n1,x\n", {"target": "t"}, "a.csv, line 2, column 't': 'x' is no number"),
        ("a,t\n1,nan\n", {"target": "t"}, "a.csv, column 't': nan at row 0 .* is no target"),
        ("a,t\n1,2\n", {"target": "t", "label": "a"}, "a row has a class or real targets; give"),
        ("a,t\n1,2\n", {"target": "t", "ignore": ["t"]}, "column 't' is given twice"),
        ("a,t\n1,2\n", {"target": ["t", "t"]}, "column 't' is given twice"),
        ("a,t\n1,2\n", {"target": "u"}, "no column 'u'; there are a, t"),
        ("a,t\n1,2\n", {"target": ["a", "t"]}, "no column is left for features"),
    ],
)
def test_targets_that_are_none_are_refused(saved, text, settings, message):
    with pytest.raises(ValueError, match=message):
        table(saved("a.csv", text), **settings)


def test_targets_under_another_name_are_warned_about(saved):
    train, test = saved("a.csv", "a,b\n1,2\n"), saved("b.csv", "a,c\n1,3\n")
    with pytest.warns(UserWarning, match="a.csv has its targets in column 'b', .*b.csv in 'c'"):
        assert table(train, test, target=-1).test.targets.tolist() == [[3]]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_ids_name_the_rows_and_are_kept_by_splits(saved, tmp_path, suffix):
    path = saved("a.csv", "a,key,y,b\n" + "".join(f"{k},P{k},{k % 2},7\n" for k in range(10)))
    if suffix == "parquet":
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("pyarrow")
        pandas.read_csv(path).to_parquet(tmp_path / "a.parquet")
    data = table(tmp_path / f"a.{suffix}", 0.2, label="y", id="key")
    assert data.features == ("a", "b")
    for split in data.splits().values():
        assert split.names == tuple(f"P{int(a)}" for a in split.x[:, 0].tolist())
    assert data.fingerprint() == table(path, 0.2, label="y", ignore=["key"]).fingerprint()


def test_several_ids_are_joined(saved, tmp_path):
    path = saved("a.csv", "who,when,a\n007,1,5\n008,,6\n")
    assert table(path, id=["who", "when"]).train.names == ("007/1", "008/")
    assert table(path, id=-2, ignore=["who"]).train.names == ("1", "")
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame({"n": [3, 4, 5], "s": ["x", None, "y"], "a": [1.0, 2.0, 3.0]})
    frame.to_parquet(tmp_path / "a.parquet", row_group_size=2)
    streamed = table(tmp_path / "a.parquet", id=["n", "s"], stream=True)
    assert streamed.train.names == ("3/x", "4/", "5/y")


@pytest.mark.parametrize(
    ("text", "settings", "message"),
    [
        ("a,y\n1,\n", {"target": "y"}, "line 2, column 'y': '' is no number: fill it in, drop"),
        ("a,y\n1,2\n", {"weight": "y", "id": "b"}, "no column 'b'"),
        ("a,w\n1,x\n", {"weight": "w"}, "column 'w': 'x' is no number: .* leave weight out"),
        ("a,y\n1,2.5\n", {"label": "y"}, "a.csv, column 'y': train: label 0 .* is 2.5"),
    ],
)
def test_remedies_name_the_column_and_fit_its_role(saved, text, settings, message):
    with pytest.raises(ValueError, match=message):
        table(saved("a.csv", text), header=True, **settings)
