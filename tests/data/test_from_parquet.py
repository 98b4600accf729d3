"""Parquet: columns by role, and bad columns refused by name and row."""

import sys

import pytest

from harmonium.data import from_parquet
from harmonium.data.columns import Roles
from harmonium.data.from_parquet import parquet_names, read_parquet

NONE = Roles(None, None, ())


@pytest.fixture
def rows(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")

    def read(columns, roles=NONE):
        path = tmp_path / "some.parquet"
        parquet.write_table(arrow.table(columns), path)
        return read_parquet(path, roles)

    return read


def test_columns_take_their_roles(rows):
    columns = {
        "y": ["b", None, "a"],
        "i": [1, 2, 3],
        "f": [0.5, 1.5, float("nan")],
        "t": [True, False, True],
        "w": [1.0, 2.0, 3.0],
        "note": ["x", "y", "z"],
    }
    found = rows(columns, Roles("y", "w", ("note",)))
    assert found.features == ("i", "f", "t")
    assert found.x[:2].tolist() == [[1, 0.5, 1], [2, 1.5, 0]]
    assert found.x[2, 1].isnan()
    assert found.labels == ["b", None, "a"]
    assert found.weights.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"a": [1, 2], "s": ["x", "y"]}, "some.parquet, column 's': of type string, not numbers"),
        ({"a": [1, None, 2, None]}, "column 'a': 2 empty cells, the first at row 1"),
        ({"a": [[1], [2]]}, "column 'a': of type list"),
    ],
)
def test_columns_that_are_no_numbers_are_refused(rows, columns, message):
    with pytest.raises(ValueError, match=message):
        rows(columns)


def test_a_file_without_rows_is_refused(rows):
    arrow = pytest.importorskip("pyarrow")
    with pytest.raises(ValueError, match="some.parquet: no rows"):
        rows({"a": arrow.array([], arrow.float32())})


def test_a_column_that_repeats_one_value_may_not_fill_the_memory(rows, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.01")
    with pytest.raises(ValueError, match=r"some.parquet: .* would expand to 0.01 GiB"):
        rows({"a": [0] * 3_000_000})


@pytest.mark.parametrize("keep", [0, 3, 100])
def test_damaged_files_are_refused(rows, tmp_path, keep):
    rows({"a": list(range(1000))})
    path = tmp_path / "some.parquet"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match="some.parquet: not a whole Parquet file"):
        read_parquet(path, NONE)


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ImportError, match=r'pyarrow: pip install "harmonium\[data\]"'):
        read_parquet(tmp_path / "some.parquet", NONE)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_a_streamed_file_is_read_block_by_block(tmp_path, monkeypatch, suffix):
    arrow = pytest.importorskip("pyarrow")
    path = tmp_path / f"long.{suffix}"
    columns = {"x": [*range(20)], "y": ["a", "b"] * 10, "w": [0.5] * 20}
    if suffix == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.table(columns), path, row_group_size=6)
    else:
        with arrow.ipc.new_file(path, arrow.table(columns).schema) as file:
            file.write_table(arrow.table(columns), max_chunksize=6)
    opened = {"parquet": "_parquet", "arrow": "_ipc"}[suffix]
    real, asked = getattr(from_parquet, opened), []

    def watched(path):
        file = real(path)

        def read(blocks, columns):
            asked.append((*blocks, *columns))
            return file.read(blocks, columns)

        return file._replace(read=read)

    monkeypatch.setattr(from_parquet, opened, watched)
    found = read_parquet(path, Roles("y", "w", ()), stream=True)
    assert found.labels == columns["y"]
    assert found.weights.tolist() == columns["w"]
    assert asked == [(k, "y", "w") for k in range(4)]
    assert found.x[7:9].tolist() == [[7.0], [8.0]]
    assert asked[4:] == [(1, "x")]


def test_a_label_that_a_dictionary_repeats_takes_no_memory(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    labels = arrow.DictionaryArray.from_arrays(
        arrow.array([0, 1] * 50_000, arrow.int32()), arrow.array(["a" * 9999, "b"])
    )
    parquet.write_table(arrow.table({"y": labels, "x": [0.5] * 100_000}), tmp_path / "a.parquet")
    found = read_parquet(tmp_path / "a.parquet", Roles("y", None, ()))
    assert len({id(label) for label in found.labels}) == 2
    assert found.labels[:2] == ["a" * 9999, "b"]


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_columns_of_no_use_are_refused_before_they_are_read(tmp_path, monkeypatch, suffix):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path, table = tmp_path / f"a.{suffix}", arrow.table({"y": [[1]] * 9, "x": [0.5] * 9})
    if suffix == "parquet":
        parquet.write_table(table, path)
    else:
        with arrow.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
    monkeypatch.setattr(from_parquet, "whole", None)  # nothing is read
    with pytest.raises(ValueError, match="column 'y': labels are of type list"):
        read_parquet(path, Roles("y", None, ()))
    with pytest.raises(ValueError, match="column 'y': of type list.*, not numbers"):
        read_parquet(path, NONE)


def test_packed_bytes_count_against_the_limit(tmp_path, monkeypatch):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    feather = pytest.importorskip("pyarrow.feather")
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.004")  # 4 MiB
    table = arrow.table({"x": [0.0] * 1_000_000})
    feather.write_feather(table, tmp_path / "a.feather", compression="zstd", chunksize=1_000_000)
    parquet.write_table(arrow.table({"x": [0.0] * 2_000_000}), tmp_path / "a.parquet")
    for name in ("a.feather", "a.parquet"):
        with pytest.raises(ValueError, match=f"{name}: .* GiB would expand to .* GiB"):
            read_parquet(tmp_path / name, NONE)


def test_memory_behind_a_buffer_is_no_data(tmp_path):
    arrow, path = pytest.importorskip("pyarrow"), tmp_path / "a.arrow"
    table = arrow.table({"a": [0.5] * 24, "b": [0.25] * 24})
    with arrow.ipc.new_file(path, table.schema) as file:
        file.write_table(table)
    longer = path.read_bytes().replace((24).to_bytes(8, "little"), (200).to_bytes(8, "little"))
    path.write_bytes(longer)
    for stream in (False, True):
        with pytest.raises(ValueError, match="a.arrow: not a whole Arrow file"):
            read_parquet(path, NONE, stream=stream).x[0:200]


@pytest.fixture
def arrow_file(tmp_path):
    arrow = pytest.importorskip("pyarrow")

    def write(table, suffix):
        path = tmp_path / f"some.{suffix}"
        if suffix == "parquet":
            pytest.importorskip("pyarrow.parquet").write_table(table, path)
        else:
            with arrow.ipc.new_file(path, table.schema) as file:
                file.write_table(table)
        return path

    return write


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "feather"])
@pytest.mark.parametrize("stream", [False, True])
def test_two_columns_of_one_name_are_refused(arrow_file, suffix, stream):
    arrow = pytest.importorskip("pyarrow")
    table = arrow.Table.from_arrays([arrow.array([0.1]), arrow.array([0.2])], names=["a", "a"])
    with pytest.raises(ValueError, match="two columns are named 'a'"):
        read_parquet(arrow_file(table, suffix), NONE, stream=stream)


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "feather"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", [None, "id"])
def test_the_index_of_a_frame_is_no_feature(arrow_file, suffix, stream, name):
    arrow, pandas = pytest.importorskip("pyarrow"), pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [0.1], "b": [0.2]}, index=pandas.Index([7], name=name))
    path = arrow_file(arrow.Table.from_pandas(frame), suffix)
    with pytest.warns(UserWarning, match="is read as the index of a pandas frame"):
        found = read_parquet(path, NONE, stream=stream)
    assert found.features == ("a", "b")
    column = name or "__index_level_0__"
    assert read_parquet(path, Roles(column, None, ())).labels == [7]
    assert parquet_names(path) == ("a", "b", column)


@pytest.mark.parametrize("kind", ["timestamp[us]", "date32", "duration[us]", "decimal128(5, 2)"])
def test_times_and_decimals_are_no_numbers(arrow_file, kind):
    arrow = pytest.importorskip("pyarrow")
    kinds = {"timestamp[us]": arrow.timestamp("us"), "duration[us]": arrow.duration("us")}
    found = kinds.get(kind, arrow.date32() if kind == "date32" else arrow.decimal128(5, 2))
    table = arrow.table({"a": [1.0], "t": arrow.nulls(1, found)})
    with pytest.raises(ValueError, match="column 't': of type .*, not numbers: convert it"):
        read_parquet(arrow_file(table, "parquet"), NONE)


@pytest.mark.parametrize(
    ("cells", "role", "message"),
    [
        ([1.0, None], "targets", "1 empty cells, the first at row 1 .*: fill them in, or drop"),
        (["a", "b"], "targets", "of type string, not numbers: .* name it as label if it holds"),
        ([1.0, None], "weight", "1 empty cells, .* leave weight out"),
        ([1.0, None], None, "1 empty cells, .* put the column under ignore"),
        ([[1], [2]], "ids", "ids are of type list.*; names or whole numbers are needed"),
    ],
)
def test_remedies_fit_the_role_of_the_column(rows, cells, role, message):
    column = "b" if role == "weight" else ("b",)
    roles = Roles(
        **{"label": None, "weight": None, "ignore": ()} | ({role: column} if role else {})
    )
    with pytest.raises(ValueError, match=f"column 'b': {message}"):
        rows({"a": [1.0, 2.0], "b": cells}, roles)
