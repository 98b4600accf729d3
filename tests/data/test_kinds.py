"""Kinds of columns: shapes in a batch and in memory, and what does not fit them."""

import pytest
import torch

from harmonium.data.kinds import Classes, Numbers, Picture, of_shape

ROWS = torch.arange(24.0).reshape(2, 12)


@pytest.mark.parametrize(
    ("stored", "shape"),
    [((3, 4), (1, 3, 4)), ((1, 3, 4), (1, 3, 4)), ((3, 2, 2), (3, 2, 2)), ((2, 2, 3), (3, 2, 2))],
)
def test_a_picture_has_its_channels_first_however_it_is_stored(stored, shape):
    kind = of_shape(stored)
    assert kind == Picture(shape, stored=stored)
    assert kind.stored == stored
    assert kind.shaped(ROWS).shape == (2, *shape)
    assert torch.equal(kind.flat(kind.shaped(ROWS)), ROWS)


def test_channels_that_are_stored_last_are_moved():
    kind = Picture((3, 2, 2), stored=(2, 2, 3))
    assert kind.shaped(ROWS)[0].tolist() == ROWS[0].reshape(2, 2, 3).permute(2, 0, 1).tolist()


@pytest.mark.parametrize(
    ("stored", "names"),
    [((6,), ()), ((4, 8, 8), ()), ((8, 1), ()), ((1, 1, 3), ()), ((1, 2), "ab")],
)
def test_all_other_rows_are_numbers(stored, names):
    kind = of_shape(stored, tuple(names))
    assert kind == Numbers(stored, tuple(names))
    assert kind.stored == kind.shape == stored


def test_numbers_have_their_shape_in_a_batch():
    assert Numbers((3, 4)).shaped(ROWS).shape == (2, 3, 4)
    assert torch.equal(Numbers((3, 4)).flat(Numbers((3, 4)).shaped(ROWS)), ROWS)
    assert Numbers(()).shaped(ROWS[:, 0]).shape == (2,)
    assert Numbers(()).flat(ROWS[:, 0]).shape == (2,)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Numbers((3,), ("a", "b")), "2 feature names for 3 values"),
        (lambda: Picture((8, 8)), r"shape \(8, 8\): \(channels, height, width\) is needed"),
        (lambda: Picture((3, 8, 9), stored=(8, 9)), r"stored as \(8, 9\)"),
        (lambda: Picture((3, 8, 9), stored=(9, 8, 3)), r"stored as \(9, 8, 3\)"),
    ],
)
def test_kinds_that_contradict_themselves_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (Numbers((3,)), ROWS, r"rows of 12 values, but shape \(3,\) needs 3"),
        (Numbers((12,)), ROWS.long(), "column of numbers is torch.int64"),
        (Numbers((12,)), ROWS[0], r"shape \(12,\): \(N, 12\) is needed"),
        (Picture((1, 2, 2)), ROWS, r"rows of 12 values, but shape \(2, 2\) needs 4"),
        (Picture((1, 3, 4)), ROWS.long(), "column of pictures is torch.int64"),
        (Classes(("a",)), torch.tensor([0, 1]), "labels from 0 to 1; 1 classes need 0 to 0"),
        (Classes(("a",)), torch.tensor([-2]), "labels from -2 to -2"),
        (Classes(("a",)), torch.zeros(2, 1), r"labels are torch.float32 \(2, 1\); int64"),
    ],
)
def test_values_that_do_not_fit_are_refused(kind, values, message):
    with pytest.raises(ValueError, match=message):
        kind.check(values)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Numbers((3, 4)), ROWS),
        (Numbers(()), ROWS[:, 0]),
        (Picture((1, 3, 4)), ROWS),
        (Classes(("a", "b")), torch.tensor([1, -1, 0])),
        (Classes(()), torch.tensor([], dtype=torch.int64)),
    ],
)
def test_values_that_fit_are_taken(kind, values):
    assert kind.check(values) is None


def test_classes_have_no_axes():
    labels = torch.tensor([1, 0])
    kind = Classes(("a", "b"))
    assert kind.shape == kind.stored == ()
    assert torch.equal(kind.flat(kind.shaped(labels)), labels)
