"""A balanced few: as many rows of each class, drawn evenly from the rows of that class."""

import pytest
import torch

from harmonium.data import few_labels

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
