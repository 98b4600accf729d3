"""A balanced few: as many rows of each class, drawn evenly from the rows of that class."""

import pytest
import torch

from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.kinds import Numbers, Series
from harmonium.data.split import few_labels, held_out, keep_labels, validation, with_test

LABELS = torch.tensor([5, 2, 2, 9, 5, 2, 9, 9, 5, 2, 2])


def seeded(seed):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("per_class", [1, 2, 3])
def test_balanced_sorted_and_without_repeats(per_class):
    rows = few_labels(LABELS, per_class, source=seeded(0))
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert LABELS[rows].bincount()[[2, 5, 9]].tolist() == [per_class] * 3
    assert len(rows) == 3 * per_class


def test_every_row_of_a_class_is_equally_likely():
    counts = torch.zeros(len(LABELS))
    for seed in range(3000):
        counts[few_labels(LABELS, 1, source=seeded(seed))] += 1
    p = 1 / LABELS.bincount()[LABELS].double()
    z = (counts - 3000 * p) / (3000 * p * (1 - p)).sqrt()
    assert z.abs().max() < 4.5


def test_source_decides_the_subset():
    first, again, other = (few_labels(LABELS, 2, source=seeded(s)).tolist() for s in (0, 0, 1))
    assert first == again != other


def test_scarce_classes_are_named():
    with pytest.raises(
        ValueError, match="class 5 has only 3 rows, class 9 has only 3 rows; 4 .* at most 3"
    ):
        few_labels(LABELS, 4)


@pytest.mark.parametrize(
    ("labels", "per_class"),
    [(LABELS, 0), (LABELS.float(), 1), (LABELS[None], 1)],
)
def test_unusable_arguments_are_refused(labels, per_class):
    with pytest.raises(ValueError, match="integer labels"):
        few_labels(labels, per_class)


def toy(y, classes=("a", "b", "c")):
    y = torch.tensor(y)
    x = torch.arange(float(len(y)))[:, None]
    names = tuple(map(str, range(len(y))))
    return DataSet("toy", Split(x, y, names=names), shape=(1,), classes=classes)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.9])
def test_held_out_rows_are_stratified_and_total_the_share(share):
    labels = torch.tensor([0] * 50 + [1] * 31 + [2] * 19 + [-1] * 7)
    kept, held = held_out(labels, share, source=seeded(0))
    assert torch.cat((kept, held)).sort().values.tolist() == list(range(107))
    assert len(held) == round(share * 107)
    for label, n in ((0, 50), (1, 31), (2, 19), (-1, 7)):
        assert abs(int((labels[held] == label).sum()) - share * n) <= 1


def test_a_single_row_of_a_class_is_kept():
    labels = torch.tensor([0] * 9 + [1])
    for seed in range(20):
        assert 9 in held_out(labels, 0.5, source=seeded(seed))[0].tolist()


@pytest.mark.parametrize("share", [-0.1, 0.0, 1.0, 1.5, float("nan")])
def test_shares_out_of_range_are_refused(share):
    with pytest.raises(ValueError, match="above 0 and below 1"):
        held_out(LABELS, share)


def test_a_share_of_no_row_is_refused():
    with pytest.raises(ValueError, match="0.1 of 3 rows holds 0 out"):
        held_out(torch.zeros(3, dtype=torch.int64), 0.1)


def test_validation_moves_training_rows_with_their_columns():
    data = validation(toy([0, 1, 2, -1] * 10), 0.2, source=seeded(1))
    assert (len(data.train), len(data.validation)) == (32, 8)
    assert sorted(data.validation.y.tolist()) == [-1, -1, 0, 0, 1, 1, 2, 2]
    assert [float(name) for name in data.validation.names] == data.validation.x[:, 0].tolist()
    rows = torch.cat((data.train.x, data.validation.x)).flatten().sort().values
    assert rows.tolist() == list(range(40))


def test_validation_without_labels_and_with_none_asked_for():
    plain = DataSet("toy", Split(torch.zeros(10, 1)), shape=(1,))
    assert len(validation(plain, 0.3).validation) == 3
    assert validation(plain, 0) is plain


def test_validation_rows_are_not_drawn_twice():
    with pytest.raises(ValueError, match="brings 3 validation rows of its own"):
        validation(validation(toy([0] * 10), 0.3), 0.3)


def test_test_rows_are_drawn_by_seed():
    rows = [with_test(toy([0, 1] * 10), 0.3, seed=seed).test.names for seed in (0, 0, 1)]
    assert rows[0] == rows[1] != rows[2]
    assert with_test(toy([0, 1] * 10), 0.3).test.y.bincount().tolist() == [3, 3]
    data = toy([0, 1])
    assert with_test(data, 0) is data
    with pytest.raises(ValueError, match="brings 6 test rows of its own"):
        with_test(with_test(toy([0, 1] * 10), 0.3), 0.3)


def test_labels_are_kept_per_class_and_the_rest_hidden():
    data = keep_labels(toy([0, 1, 2, -1] * 10), per_class=3, source=seeded(0))
    assert (data.train.y >= 0).sum() == 9
    assert data.train.y[data.train.y >= 0].bincount().tolist() == [3, 3, 3]
    known = data.train.y >= 0
    assert torch.equal(data.train.y[known], toy([0, 1, 2, -1] * 10).train.y[known])
    assert len(data.train) == 40


def test_a_fraction_of_each_class_keeps_at_least_one():
    data = keep_labels(toy([0] * 100 + [1] * 3), fraction=0.1, source=seeded(0))
    assert data.train.y[data.train.y >= 0].bincount().tolist() == [10, 1]


def test_label_budgets_that_cannot_be_met_name_the_classes():
    with pytest.raises(ValueError, match="class 'b' has 1, class 'c' has 2: ask for at most 1"):
        keep_labels(toy([0] * 5 + [1] + [2] * 2), per_class=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "exactly one"),
        ({"per_class": 1, "fraction": 0.1}, "exactly one"),
        ({"per_class": 0}, "above 0"),
        ({"fraction": 0.0}, "above 0"),
    ],
)
def test_label_budgets_are_one_positive_number(arguments, message):
    with pytest.raises(ValueError, match=message):
        keep_labels(toy([0, 1]), **arguments)


def test_no_labels_cannot_be_kept():
    with pytest.raises(ValueError, match="no training row has a label"):
        keep_labels(toy([-1, -1]), per_class=1)


def real():
    x = torch.arange(10.0)[:, None]
    return DataSet("real", Split(x, x / 7), columns={"y": Numbers((1,), ("age",))})


def test_rows_with_real_targets_are_held_out_by_chance():
    data = with_test(validation(real(), 0.2), 0.25)
    assert [len(split) for split in data.splits().values()] == [6, 2, 2]
    for split in data.splits().values():
        assert torch.equal(split.y, split.x / 7)


def test_real_targets_are_no_labels_to_be_kept():
    with pytest.raises(ValueError, match="real has real targets, age, and no classes"):
        keep_labels(real(), fraction=0.5)


@pytest.mark.parametrize(("overlap", "gap"), [(0, 0), (5, 1), (8, 4)])
def test_pieces_of_a_series_are_held_out_at_the_end_without_shared_frames(overlap, gap):
    frames = torch.arange(200.0)
    starts = range(0, 191, 10 - overlap)
    x = torch.stack([frames[at : at + 10] for at in starts])
    pieces = DataSet("pieces", Split(x), columns={"x": Series(1, 10, overlap)})
    found = validation(pieces, 0.2, source=torch.Generator().manual_seed(0))
    held = found.validation.x
    assert len(held) == round(0.2 * len(x))
    assert len(found.train) == len(x) - len(held) - gap
    assert float(found.train.x.max()) < float(held.min())
    tested = with_test(pieces, 0.2)
    assert float(tested.train.x.max()) < float(tested.test.x.min())


def test_series_of_their_own_are_held_out_by_chance():
    x = torch.arange(200.0).reshape(20, 10)
    whole = DataSet("whole", Split(x), columns={"x": Series(1, 10)})
    found = validation(whole, 0.2, source=torch.Generator().manual_seed(0))
    assert float(found.train.x.max()) > float(found.validation.x.min())
