"""YAML to plain values."""

import math
import os

import pytest

from harmonium.describe.problems import RecipeError
from harmonium.describe.read import MAX_BYTES, MAX_NODES, from_mapping, parse, read_file


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("2.5E+2", 250.0),
        ("no", "no"),
        ("off", "off"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("010", 10),
        ("0x10", 16),
        ("0o17", 15),
        ("-7", -7),
        ("+7", 7),
        ("1_000", 1000),
        ("12:30", "12:30"),
        ("2024-01-31", "2024-01-31"),
        ("'1'", "1"),
        ('"a\\nb"', "a\nb"),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
        ('{"json": [true, null, 1.5]}', {"json": [True, None, 1.5]}),
        ("=", "="),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text, value):
    found = parse(f"x: {text}").value["x"]
    assert found == value
    assert type(found) is type(value)


def test_nan_is_read_so_that_its_setting_can_be_named():
    assert math.isnan(parse("x: .nan").value["x"])


def test_every_value_has_its_line():
    document = parse("a:\n  b: 1\n\n  c:\n    - 2\n    - d: 3\n", "f.yaml")
    assert document.place(("a", "b")) == "f.yaml:2"
    assert document.place(("a", "c", 1, "d")) == "f.yaml:6"
    assert document.place(("a", "c", 1, "missing")) == "f.yaml:6"
    assert document.place(("a", "missing")) == "f.yaml:1"


def test_an_anchor_may_be_used_again():
    assert parse("a: &x {b: 1}\nc: *x\n").value == {"a": {"b": 1}, "c": {"b": 1}}


def test_aliases_are_counted_where_they_are_used():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 10)]
    with pytest.raises(RecipeError, match="aliases counted") as refused:
        parse("\n".join(lines))
    assert len(refused.value.problems) == 1


def test_a_value_inside_itself_is_refused():
    with pytest.raises(RecipeError, match="levels"):
        parse("a: &x [*x]")


@pytest.mark.parametrize("text", ["[" * 5000, "a: " + "[" * 200 + "]" * 200, "{a: " * 3000])
def test_depth_is_limited(text):
    with pytest.raises(RecipeError):
        parse(text)


MANY = 40 * MAX_NODES
WIDE = {
    "a flow list": "a: [" + "1," * MANY + "]",
    "lists in a list": "a: [" + "[]," * MANY + "]",
    "a flow mapping": "{" + "".join(f"k{i}: 1," for i in range(MANY)) + "}",
    "a block list": "a:\n" + "- 1\n" * MANY,
    "keys": "".join(f"k{i}: 1\n" for i in range(MANY)),
    "JSON": "[" + '{"a": 1},' * MANY + "{}]",
    "without an end": "a: [" + "1," * MANY,
}


@pytest.mark.parametrize("name", WIDE)
def test_reading_ends_where_the_text_is_too_much(name, monkeypatch):
    """A fortieth of it is looked at: what would follow costs nothing."""
    seen = []
    limit = parse.__globals__["_check_events"]

    def counted(text, prefix):
        stream = parse.__globals__["YAML"].parse

        def events(self, text):
            for event in stream(self, text):
                seen.append(event)
                yield event

        monkeypatch.setattr(parse.__globals__["YAML"], "parse", events)
        limit(text, prefix)

    monkeypatch.setitem(parse.__globals__, "_check_events", counted)
    with pytest.raises(RecipeError, match="has too many values or levels; no recipe has"):
        parse(WIDE[name])
    assert len(seen) < 3 * MAX_NODES


def test_an_anchor_stands_for_one_value():
    with pytest.raises(RecipeError, match="line 2: the anchor &x stands here again: give each"):
        parse("a: &x 1\nb: &x 2\nc: *x\n")


def test_all_problems_of_the_text_are_listed():
    with pytest.raises(RecipeError) as refused:
        parse("a: 1\na: 2\nb: !!python/name:os.system\n1: x\n", "f")
    assert [p.where for p in refused.value.problems] == ["f:2", "f:3", "f:4"]


def test_files(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: \xc3\xa9\r\nseed: 1\r\n")  # a mark, and Windows' lines
    document = read_file(path)
    assert document.value == {"name": "é", "seed": 1}
    assert document.folder == tmp_path.resolve()
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(RecipeError, match="larger than"):
        read_file(path)
    with pytest.raises(RecipeError, match="is a folder"):
        read_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none.yaml")


def test_mappings_are_made_plain(tmp_path):
    document = from_mapping({"a": (1, 2.5), "b": {"c": tmp_path}, "d": None})
    assert document.value == {"a": [1, 2.5], "b": {"c": str(tmp_path)}, "d": None}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({1: 2}, "the key 1 is not text"),
        ({"a": object()}, "a: is object: give plain values"),
        ({"a": [{"b": {1, 2}}]}, "a.0.b: is set"),
    ],
)
def test_mappings_hold_what_a_file_could(value, said):
    with pytest.raises(RecipeError, match=said):
        from_mapping(value)


def test_a_mapping_inside_itself_is_refused():
    value = {}
    value["a"] = value
    with pytest.raises(RecipeError, match="too deeply"):
        from_mapping(value)


def test_a_pipe_is_no_recipe(tmp_path):
    os.mkfifo(tmp_path / "recipe.yaml")
    with pytest.raises(RecipeError, match=r"recipe.yaml: a pipe, .* write it to a file first"):
        read_file(tmp_path / "recipe.yaml")
