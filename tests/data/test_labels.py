"""Labels of every kind become codes; what is no label and what is not a label is told apart."""

import numpy as np
import pytest

from harmonium.data.labels import encode


def one(values, **settings):
    codes, classes = encode({"train": values}, **settings)
    return codes["train"].tolist(), classes


@pytest.mark.parametrize(
    ("values", "codes", "classes"),
    [
        (["b", "a", "b"], [1, 0, 1], ("a", "b")),
        (["10", "9", " 10 "], [1, 0, 1], (9, 10)),
        (["10", "x", "9"], [0, 2, 1], ("10", "9", "x")),
        (["1.0", "2", "nan", "-3."], [1, 2, -1, 0], (-3, 1, 2)),
        (["007", "7"], [0, 1], ("007", "7")),
        (["1_0", "2_0"], [0, 1], ("1_0", "2_0")),
        (["1\u0662", "2"], [0, 1], ("1\u0662", "2")),
        ([30, 4, 30], [1, 0, 1], (4, 30)),
        ([2.0, 5.0], [0, 1], (2, 5)),
        (np.array([2.0, np.nan, 5.0], dtype=np.float32), [0, -1, 1], (2, 5)),
        (np.array([True, False]), [1, 0], (0, 1)),
        (np.array([b"x", b"y"]), [0, 1], ("x", "y")),
        (np.array([[3], [1]], dtype=np.uint8), [1, 0], (1, 3)),
        (np.array([[0, 0, 1], [1, 0, 0]]), [1, 0], (0, 2)),
        ([], [], ()),
    ],
)
def test_codes_and_classes(values, codes, classes):
    assert one(values) == (codes, classes)


@pytest.mark.parametrize(
    ("values", "codes", "classes"),
    [
        (["a", "", None, float("nan"), "-1"], [0, -1, -1, -1, -1], ("a",)),
        ([3, 2, -1], [1, 0, -1], (2, 3)),
        ([-1, -1], [-1, -1], ()),
    ],
)
def test_minus_1_is_no_label_which_is_warned_about_unless_it_was_said(values, codes, classes):
    with pytest.warns(UserWarning, match=r'labels are -1, .* unlabelled to "" if -1 is a class'):
        assert one(values) == (codes, classes)
    assert one(values, unlabelled=-1) == (codes, classes)


def test_classes_are_those_of_all_columns():
    codes, classes = encode({"train": ["b", "a"], "test": ["c", "a"]})
    assert classes == ("a", "b", "c")
    assert codes["test"].tolist() == [2, 0]


def test_the_mark_of_no_label_can_be_chosen():
    assert one(["a", "?", "b"], unlabelled="?") == ([0, -1, 1], ("a", "b"))
    assert one([-1, 1, 9], unlabelled=9) == ([0, 1, -1], (-1, 1))
    assert one([-1, 1], unlabelled="") == ([0, 1], (-1, 1))
    assert one([-1, 1], unlabelled="-1") == ([-1, 0], (1,))


@pytest.mark.parametrize("values", [[-1, 1], ["-1", "+1"], np.array([-1.0, 1.0])])
def test_minus_1_beside_one_other_label_is_ambiguous(values):
    with pytest.raises(ValueError, match='-1 and .?1 only.* unlabelled to "" if -1 is a class'):
        one(values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, 0.5], r"train: label 1 \(from 0\) is 0.5; labels are names or whole numbers"),
        (["1", "0.7"], "label 1 .* is 0.7"),
        ([1.0, float("inf")], "label 1 .* is inf"),
        ([1, (2,)], "label 1 .* is of type tuple"),
        (np.array([[0, 1], [1, 1]]), r"shape \(2, 2\) are not one-hot, first at row 1"),
        (np.array([1, 2j]), "label 0 .* type complex"),
        ([b"a", b"\xff"], r"label 1 \(from 0\) is not text in UTF-8"),
    ],
)
def test_what_is_no_label_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        one(values)


def test_minus_1_and_1_are_what_was_said():
    assert one([-1, 1], unlabelled=-1) == ([-1, 0], (1,))
    assert one([-1, 0, 1], unlabelled="") == ([0, 1, 2], (-1, 0, 1))
