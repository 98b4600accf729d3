"""A new table meets a trained run: columns by name, or words that name them."""

import pytest

from harmonium.apply.matching import known_names, table_settings

LEARNED = ("a", "b", "c")
OWN = {"label": "kind", "weight": None, "ignore": ["id"], "header": None, "unlabelled": None}


@pytest.fixture
def saved(tmp_path):
    def write(text):
        (tmp_path / "new.csv").write_text(text)
        return tmp_path / "new.csv"

    return write


@pytest.mark.parametrize(
    "text",
    ["c,kind,a,b\n1,x,2,3\n", "kind,c,b,a\nx,1,2,3\n", "id,a,b,c,kind\n7,1,2,3,x\n"],
)
def test_columns_are_matched_by_name(saved, text):
    first, second = table_settings(saved(text), LEARNED, own=OWN)
    assert first["features"] == second["features"] == ["a", "b", "c"]
    assert first["label"] == "kind"
    assert "label" not in second
    assert "ignore" not in first


def test_labels_may_be_missing(saved):
    (only,) = table_settings(saved("b,a,c\n1,2,3\n"), LEARNED, own=OWN)
    assert "label" not in only


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a,b,c,kind\n1,2,3,x\n", "kind"),
        ("kind,c,b,a\nx,1,2,3\n", "kind"),  # a feature stands last
        ("a,b,c\n1,2,3\n", None),
    ],
)
def test_labels_by_position_stand_where_no_feature_does(saved, text, label):
    found = table_settings(saved(text), LEARNED, own=OWN | {"label": -1, "ignore": []})
    assert found[0].get("label") == label


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,kind\n1,2,x\n", "no column 'c'; it has kind, which .* learned from a, b, c"),
        ("a,b,C,kind\n1,2,3,x\n", "no column 'c'; it has C, kind"),
        ("x,y,z\n1,2,3\n", "no column 'a', 'b', 'c'; it has x, y, z"),
        ("b\n1\n", "no column 'a', 'c': columns are matched by name"),
        ("a,b,c,class\n1,2,3,x\n", "no column 'kind', which holds the run's labels; it has class"),
        ("1,2,3\n4,5,6\n", "its columns have no names, and the run learned from a, b, c"),
    ],
)
def test_what_cannot_be_matched_names_the_columns(saved, text, message):
    with pytest.raises(ValueError, match=message):
        table_settings(saved(text), LEARNED, own=OWN)


def test_columns_that_are_left_out_are_named(saved):
    with pytest.warns(UserWarning, match="the run did not learn from d, e: left out"):
        table_settings(saved("a,d,b,c,kind,e\n1,2,3,4,x,5\n"), LEARNED, own=OWN)


def test_the_index_of_a_frame_is_left_out_silently(saved):
    assert table_settings(saved(",c,b,a,kind\n0,1,2,3,x\n"), LEARNED, own=OWN)


def test_positions_count_where_the_run_learned_from_a_table_without_names(saved):
    own = OWN | {"label": -1, "ignore": []}
    first, second = table_settings(saved("4,5,6,x\n1,2,3,x\n"), ("0", "1", "2"), own=own)
    assert first == own
    assert "label" not in second
    with pytest.warns(UserWarning, match="matched by position, as the run's own had no names"):
        table_settings(saved("a,b,c,kind\n1,2,3,x\n"), ("0", "1", "2"), own=own)


def test_a_run_on_other_data_takes_any_table(saved):
    assert table_settings(saved("a,b\n1,2\n"), (), own={}) == [{}]


def test_names_that_are_numbers_are_names_if_they_are_no_positions():
    assert known_names(("2019", "2020"), own=OWN)
    assert known_names(("a", "1"), own=OWN)
    assert not known_names(("0", "2"), own={"label": 1})
    assert not known_names((), own={})


REAL = {"target": ["t", "u"], "ignore": [], "header": None}


@pytest.mark.parametrize(
    ("text", "own", "target"),
    [
        ("u,c,b,a,t\n1,2,3,4,5\n", {}, ["t", "u"]),
        ("u,c,b,a,t\n1,2,3,4,5\n", {"target": "t", "ignore": ["u"]}, ["t"]),
        ("a,b,c,t\n1,2,3,4\n", {"target": -1}, ["t"]),
        ("a,b,c\n1,2,3\n", {}, None),
        ("t,a,b,c\n1,2,3,4\n", {"target": -1, "ignore": ["t"]}, None),
    ],
)
def test_targets_are_read_where_all_of_them_are_there(saved, text, own, target):
    found = table_settings(saved(text), LEARNED, own=REAL | own)
    assert found[0].get("target") == target
    assert "target" not in found[-1]
    assert all(settings["features"] == ["a", "b", "c"] for settings in found)


def test_a_renamed_target_is_refused(saved):
    with pytest.raises(ValueError, match="no column u, which the run predicts; it has U, which"):
        table_settings(saved("a,b,c,t,U\n1,2,3,4,5\n"), LEARNED, own=REAL)


def test_columns_by_position_count_the_targets():
    assert not known_names(["0", "1"], own={"target": [2, 3]})
    assert known_names(["0", "3"], own={"target": 2})


KEYED = OWN | {"id": "id", "ignore": []}


@pytest.mark.parametrize(
    ("text", "ids", "labels"),
    [
        ("id,a,b,c,kind\n7,1,2,3,x\n", ["id"], ["kind", None]),
        ("c,id,a,b\n7,1,2,3\n", ["id"], [None]),
        ("kind,c,a,b\nx,1,2,3\n", None, ["kind", None]),
        ("c,a,b\n1,2,3\n", None, [None]),
    ],
)
@pytest.mark.parametrize("wanted", ["id", ["id"]])
def test_ids_and_labels_may_each_be_there_or_not(saved, text, ids, labels, wanted):
    found = table_settings(saved(text), LEARNED, own=KEYED | {"id": wanted})
    assert [some.get("id") for some in found] == [ids] * len(found)
    assert [some.get("label") for some in found] == labels


def test_ids_by_position_stand_where_neither_feature_nor_label_does(saved):
    own = KEYED | {"id": 0, "label": -1}
    first, _ = table_settings(saved("key,a,b,c,kind\n7,1,2,3,x\n"), LEARNED, own=own)
    assert (first["id"], first["label"]) == (["key"], "kind")
    (only,) = table_settings(saved("a,b,c\n1,2,3\n"), LEARNED, own=own)
    assert "id" not in only


def test_without_names_ids_are_tried_first_and_then_left_out(saved):
    own = KEYED | {"id": 0, "label": -1}
    found = table_settings(saved("7,1,2,3,x\n8,1,2,3,y\n"), ("1", "2", "3"), own=own)
    assert [(some.get("id"), some.get("label")) for some in found] == [
        (0, -1),
        (0, None),
        (None, -1),
        (None, None),
    ]
