"""Nearest neighbours: exact, in order, like scikit-learn's."""

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from harmonium.learning import neighbours
from harmonium.learning.neighbours import nearest, neighbour_error, vote

SOURCE = torch.Generator().manual_seed(0)
ROWS = torch.randn(300, 7, generator=SOURCE, dtype=torch.float64)
ASKED = torch.randn(40, 7, generator=SOURCE, dtype=torch.float64)


@pytest.mark.parametrize("metric", ["euclid", "cosine"])
@pytest.mark.parametrize("cells", [1, 1000, 10**7])
def test_they_are_those_of_scikit_learn(metric, cells, monkeypatch):
    monkeypatch.setattr(neighbours, "_CELLS", cells)  # several blocks, of one query or more
    distances, found = nearest(ASKED, ROWS, k=5, metric=metric)
    name = {"euclid": "euclidean"}.get(metric, metric)
    right = NearestNeighbors(n_neighbors=5, metric=name, algorithm="brute").fit(ROWS.numpy())
    expected, places = right.kneighbors(ASKED.numpy())
    np.testing.assert_array_equal(found.numpy(), places)
    np.testing.assert_allclose(distances.numpy(), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("cells", [300, 10**7])
def test_a_row_is_not_its_own_neighbour(cells, monkeypatch):
    monkeypatch.setattr(neighbours, "_CELLS", cells)
    _, found = nearest(ROWS, ROWS, k=3, itself=False)
    assert not bool((found == torch.arange(300)[:, None]).any())
    _, own = nearest(ROWS, ROWS, k=1)
    assert own[:, 0].tolist() == list(range(300))
    _, most = nearest(ROWS[:4], ROWS[:4], k=3, itself=False)
    assert most.sort(1).values.tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]


def test_equal_distances_are_in_the_order_of_the_rows():
    rows = torch.tensor([[1.0], [-1.0], [1.0], [5.0]], dtype=torch.float64)
    _, found = nearest(torch.zeros(1, 1, dtype=torch.float64), rows, k=3)
    assert found.tolist() == [[0, 1, 2]]


def test_close_rows_far_from_zero_keep_their_order():
    """In single precision, where the product of norms of 1e4 loses what tells them apart."""
    offsets = torch.arange(20, dtype=torch.float32)[:, None] / 64
    rows = 10_000 + offsets.flip(0)
    distances, found = nearest(torch.full((1, 1), 10_000, dtype=torch.float32), rows, k=4)
    assert found.tolist() == [[19, 18, 17, 16]]
    assert distances[0].tolist() == [0.0, 1 / 64, 2 / 64, 3 / 64]


def test_the_cosine_of_a_row_of_zeros_is_zero():
    rows = torch.tensor([[0.0, 0.0], [2.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    distances, found = nearest(rows[1:2], rows, k=3, metric="cosine")
    assert found.tolist() == [[1, 0, 2]]
    assert distances[0].tolist() == pytest.approx([0, 0.5, 2])


def test_votes_and_errors_are_those_of_scikit_learn():
    labels = torch.randint(0, 3, (300,), generator=torch.Generator().manual_seed(1))
    truth = torch.randint(0, 3, (40,), generator=torch.Generator().manual_seed(2))
    for k in (1, 4, 5):
        model = KNeighborsClassifier(k).fit(ROWS.numpy(), labels.numpy())
        _, found = nearest(ASKED, ROWS, k=k)
        assert vote(labels[found], 3).tolist() == model.predict(ASKED.numpy()).tolist()
        error = neighbour_error((ROWS, labels), (ASKED, truth), k=k)
        assert error == pytest.approx(1 - model.score(ASKED.numpy(), truth.numpy()))
    few = neighbour_error((ROWS[:2], labels[:2]), (ASKED, truth), k=5)
    assert 0 <= few <= 1


@pytest.mark.parametrize(
    ("queries", "rows", "k", "itself", "message"),
    [
        (ASKED, ROWS[:, :3], 1, True, r"queries of shape \(40, 7\) and rows of shape \(300, 3\)"),
        (ASKED, ROWS, 301, True, "301 neighbours were asked for, and there are 300 rows"),
        (ROWS[:1], ROWS[:1], 1, False, "there are 0 rows"),
        (ASKED, ROWS, 0, True, "0 neighbours"),
    ],
)
def test_what_is_refused(queries, rows, k, itself, message):
    with pytest.raises(ValueError, match=message):
        nearest(queries, rows, k=k, itself=itself)
