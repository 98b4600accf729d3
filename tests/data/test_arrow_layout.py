"""What an Arrow file says of its batches and buffers, and lies that are seen."""

import struct

import pytest

from harmonium.data.arrow_layout import arrow_layout

arrow = pytest.importorskip("pyarrow")
feather = pytest.importorskip("pyarrow.feather")


@pytest.fixture
def written(tmp_path):
    def write(columns, compression="uncompressed", rows=30):
        feather.write_feather(
            arrow.table(columns), tmp_path / "a.feather", compression=compression, chunksize=rows
        )
        return tmp_path / "a.feather"

    return write


@pytest.mark.parametrize("compression", ["uncompressed", "lz4", "zstd"])
def test_rows_and_bytes_of_every_batch(written, compression):
    path = written({"a": [0.5] * 80, "b": [1] * 80}, compression)
    rows, unpacked = arrow_layout(path)
    assert rows == [30, 30, 20]
    assert [round(n, -2) for n in unpacked] == [500, 500, 300]


def test_dictionaries_count_too(written):
    column = arrow.array(["a" * 1000, "b"] * 10).dictionary_encode()
    rows, unpacked = arrow_layout(written({"a": column}))
    assert rows == [20]
    assert len(unpacked) == 2
    assert unpacked[0] >= 1001


def test_a_packed_buffer_counts_as_what_it_becomes(written):
    path = written({"a": [0.0] * 1_000_000}, "zstd", rows=1_000_000)
    assert path.stat().st_size < 100_000
    assert arrow_layout(path)[1] == [8_000_000]


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (lambda b: b[:-1], "does not end as one"),
        (lambda b: b"", "does not begin as one"),
        (lambda b: b"PAR1" + b[4:], "does not begin as one"),
        (lambda b: b[:-10] + struct.pack("<i", -5) + b[-6:], "does not end as one"),
        (lambda b: b[:-10] + struct.pack("<i", 2**31 - 1) + b[-6:], "does not end as one"),
        (
            lambda b: b[:200] + b[1200:],
            "(lies|lie) (beyond|in each)|message|another kind|too early",
        ),
        (
            lambda b: b.replace(struct.pack("<q", 300), struct.pack("<q", -300)),
            "batch of -300 rows",
        ),
    ],
)
def test_lies_are_refused(written, damage, finding):
    path = written({"a": [0.5] * 300}, rows=300)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=f"a.feather: not a whole Arrow file .*{finding}"):
        arrow_layout(path)


def test_a_length_that_is_a_lie_is_refused_wherever_it_stands(written):
    path = written({"a": [0.5] * 300}, rows=300)
    whole, length, found = path.read_bytes(), struct.pack("<q", 2400), []
    for place in range(len(whole)):
        if whole[place : place + 8] == length:
            path.write_bytes(whole[:place] + struct.pack("<q", 9999) + whole[place + 8 :])
            try:
                arrow_layout(path)
            except ValueError as refusal:
                found.append(str(refusal).partition("not a whole Arrow file ")[2])
    assert "(a buffer lies beyond its batch)" in found
    assert "(a batch that lies beyond its end)" in found
    assert "" not in found
