"""Columns of files of others: whole, of a type that can be used, and not multiplied."""

import struct
import tracemalloc

import pytest

from harmonium.data.arrow_columns import check_label, check_number, labels_of, whole

arrow = pytest.importorskip("pyarrow")


def read(array, packed=10**6):
    return labels_of(arrow.chunked_array([array]), where="file, column 'y'", packed=packed)


def test_what_lies_outside_is_refused():
    beyond = arrow.DictionaryArray.from_arrays(arrow.array([0, 9]), arrow.array(["a"]), safe=False)
    with pytest.raises(arrow.ArrowInvalid, match="9"):
        whole(arrow.table({"a": beyond}))
    good = arrow.table({"a": [1.0]})
    assert whole(good) is good


@pytest.mark.parametrize("kind", ["list_", "string", "decimal128", "timestamp"])
def test_features_are_numbers(kind):
    made = {"list_": (arrow.int8(),), "string": (), "decimal128": (9,), "timestamp": ("s",)}[kind]
    with pytest.raises(ValueError, match="^x: of type .*, not numbers: mend it$"):
        check_number(getattr(arrow, kind)(*made), "x", remedy="mend it")
    check_number(arrow.float16(), "x", remedy="")


def test_labels_are_names_or_numbers():
    for kind in (arrow.string_view(), arrow.int8(), arrow.dictionary(arrow.int8(), arrow.utf8())):
        check_label(kind, "x")
    for kind in (arrow.list_(arrow.int8()), arrow.date32(), arrow.struct([("a", arrow.int8())])):
        with pytest.raises(ValueError, match="^x: labels are of type .* names or whole numbers"):
            check_label(kind, "x")


@pytest.mark.parametrize(
    "kind", ["string", "large_string", "string_view", "binary", "binary_view"]
)
def test_texts_of_every_kind_are_read(kind):
    array = arrow.array(["a", None, "ü"]).cast(getattr(arrow, kind)())
    assert read(array) == ["a", None, "ü"]


def test_repeated_texts_are_one_object():
    codes = arrow.array([0] * 100_000 + [None], arrow.int32())
    tracemalloc.start()
    try:
        found = read(arrow.DictionaryArray.from_arrays(codes, arrow.array(["q" * 9000])))
        assert tracemalloc.get_traced_memory()[1] < 10**7
    finally:
        tracemalloc.stop()
    assert found[0] is found[99_999]
    assert found[-1] is None


def test_views_of_one_text_are_counted_before_they_are_copied(monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.001")
    views = struct.pack("<i4sii", 9000, b"qqqq", 0, 0) * 1000  # of one and the same text
    buffers = [None, arrow.py_buffer(views), arrow.py_buffer(b"q" * 9000)]
    views = arrow.Array.from_buffers(arrow.string_view(), 1000, buffers)
    with pytest.raises(ValueError, match="column 'y': .* expand to 0.01 GiB"):
        read(views)


def test_what_is_no_name_is_refused():
    with pytest.raises(ValueError, match="column 'y': a label of 10001 bytes"):
        read(arrow.array(["a", "b" * 10_001]))
    with pytest.raises(ValueError, match="column 'y': a label is no text in UTF-8"):
        read(arrow.array([b"\xff"]))
