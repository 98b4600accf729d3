"""Examples: columns that fit each other, batches in the shape of their kinds."""

import pytest
import torch

from harmonium.data.examples import Examples, Split
from harmonium.data.kinds import Classes, Numbers, Picture


def test_a_batch_has_the_shape_of_each_kind():
    x, y = torch.arange(24.0).reshape(2, 12), torch.tensor([1, 0])
    kinds = {
        "x": Picture((3, 2, 2), stored=(2, 2, 3)),
        "y": Classes((0, 1)),
        "weights": Numbers(()),
    }
    both = Examples({"x": x, "y": y, "weights": torch.ones(2)}, kinds=kinds)
    for rows in (torch.tensor([1]), slice(1, 2)):
        batch = both.batch(rows)
        assert torch.equal(batch["x"][0], x[1].reshape(2, 2, 3).permute(2, 0, 1))
        assert batch["y"].tolist() == [0]
        assert batch["weights"].shape == (1,)
    assert both.x.shape == (2, 12)


def test_a_column_without_a_kind_stays_as_it_is():
    assert Split(torch.zeros(3, 4)).batch(slice(2))["x"].shape == (2, 4)


def test_rows_are_taken_with_their_columns_and_kinds():
    split = Examples(
        {"x": torch.eye(3), "y": torch.tensor([2, 1, 0]), "more": torch.arange(3.0)},
        ("a", "b", "c"),
        {"x": Numbers((3,))},
    )
    part = split.take(torch.tensor([2, 0]))
    assert part.y.tolist() == [0, 2]
    assert part.columns["more"].tolist() == [2, 0]
    assert part.names == ("c", "a")
    assert part.kinds == split.kinds
    assert torch.equal(part.x, torch.eye(3)[[2, 0]])


def test_labels_are_no_targets_and_targets_no_labels():
    x = torch.zeros(3, 2)
    classes, real, none = Split(x, torch.tensor([0, -1, 1])), Split(x, torch.zeros(3, 1)), Split(x)
    assert [s.labelled_rows for s in (classes, real, none)] == [2, 0, 0]
    assert [s.labels is None for s in (classes, real, none)] == [False, True, True]
    assert [s.targets is None for s in (classes, real, none)] == [True, False, True]
    assert len(classes.labelled()) == 2
    assert real.labelled() is None
    assert none.labelled() is None
    assert [repr(s).split(", ")[1] for s in (classes, real, none)] == [
        "2 labelled)",
        "1 target)",
        "no labels)",
    ]


def test_columns_are_replaced_and_taken_away():
    split = Split(torch.zeros(3, 2), torch.tensor([0, 1, 1]), names="abc")
    other = split.with_columns(x=torch.ones(3, 5), y=None)
    assert list(other.columns) == ["x"]
    assert other.x.shape == (3, 5)
    assert other.names == ("a", "b", "c")
    assert split.y is not None


def test_real_numbers_take_the_type_and_classes_do_not():
    moved = Split(torch.zeros(2, 1), torch.tensor([0, 1]), weights=torch.ones(2)).to(
        torch.device("cpu"), torch.float64
    )
    assert moved.x.dtype == moved.weights.dtype == torch.float64
    assert moved.y.dtype == torch.int64
    real = Split(torch.zeros(2, 1), torch.zeros(2, 1)).to(torch.device("cpu"), torch.float64)
    assert real.y.dtype == torch.float64


NAN = torch.tensor([[0.0, 1.0], [2.0, float("nan")]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Examples({}), "without a column"),
        (lambda: Split(torch.zeros(3)), "flatten each example"),
        (lambda: Split(torch.zeros(3, 2, dtype=torch.int64)), "floating point"),
        (
            lambda: Split(torch.zeros(3, 2), torch.zeros(2, dtype=torch.int64)),
            "3 rows but 2 labels",
        ),
        (lambda: Split(torch.zeros(3, 2), torch.zeros(3)), r"\(N, K\): y.reshape\(-1, 1\)"),
        (lambda: Split(torch.zeros(3, 2), torch.zeros(3, dtype=torch.int32)), "int64"),
        (lambda: Split(torch.zeros(3, 2), torch.zeros(3, 0)), "real targets floating point"),
        (lambda: Split(torch.zeros(2, 2), NAN), "target 1 at row 1 .* is nan, and so are 1 of 4"),
        (lambda: Split(torch.zeros(1, 2), weights=torch.tensor([-1.0])), "is no importance"),
        (lambda: Split(torch.zeros(2, 2), names=["a"]), "2 rows but 1 names"),
        (lambda: Examples({"tokens": torch.zeros(2)}).x, "no column 'x'; there are tokens"),
    ],
)
def test_columns_that_do_not_fit_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_rows_without_a_name_are_refused():
    with pytest.raises(TypeError, match="mapping from names of columns to rows"):
        Examples(torch.zeros(3, 2))


def test_weights_follow_their_rows():
    some = Split(torch.zeros(4, 2), weights=torch.tensor([1.0, 2, 3, 4]))
    rows = torch.tensor([3, 0, 2])
    assert some.take(rows).weights.tolist() == [4, 1, 3]
    assert some.batch(rows)["weights"].tolist() == [4, 1, 3]
