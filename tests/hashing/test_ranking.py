from itertools import permutations

import numpy as np
import pytest

from harmonium.errors import UsageError
from harmonium.hashing import ranked, rerank


def average_precision(relevant):
    return np.mean([relevant[: k + 1].mean() for k in range(len(relevant)) if relevant[k]])


def orders(distances):
    """All orders of the rows in which nearer ones come first."""
    for order in permutations(range(len(distances))):
        if all(distances[a] <= distances[b] for a, b in zip(order, order[1:], strict=False)):
            yield list(order)


def test_worked_numbers():
    relevant = np.array([[1, 0, 1, 1, 0]])
    assert ranked(np.arange(5)[None], relevant).average_precision == pytest.approx(0.8055555556)
    tied = ranked(np.array([[0, 1, 1, 1, 2]]), relevant)
    assert tied.precision_at(2) == pytest.approx(0.8333333333)


@pytest.mark.parametrize("seed", range(6))
def test_equals_the_mean_over_all_orders_of_ties(seed):
    source = np.random.default_rng(seed)
    distances, relevant = source.integers(0, 3, 6), source.integers(0, 2, 6)
    relevant[0] = 1
    lists = [relevant[order] for order in orders(distances)]
    ranking = ranked(distances[None], relevant[None])
    for k in range(1, 7):
        mean = np.mean([rows[:k].mean() for rows in lists])
        assert ranking.precision_at(k) == pytest.approx(mean)
    mean = np.mean([average_precision(rows) for rows in lists])
    assert ranking.average_precision == pytest.approx(mean)


def test_the_order_of_tied_rows_changes_nothing():
    """The specimen: cut an array at k, and the answer depends on the order of its rows."""
    source = np.random.default_rng(0)
    distances, relevant = source.integers(0, 2, (3, 40)), source.integers(0, 2, (3, 40))
    other = source.permutation(40)
    a, b = ranked(distances, relevant), ranked(distances[:, other], relevant[:, other])
    assert np.allclose(a.expected, b.expected)
    assert np.allclose(a.average_precision, b.average_precision)
    cut = [set(order[np.argsort(distances[0, order], kind="stable")[:10]].tolist())
           for order in (np.arange(40), other)]  # fmt: skip
    assert cut[0] != cut[1]


def test_average_precision_agrees_with_scikit_learn_without_ties():
    from sklearn.metrics import average_precision_score

    source = np.random.default_rng(1)
    distances, relevant = source.random((4, 60)), source.integers(0, 2, (4, 60))
    wanted = [average_precision_score(r, -d) for r, d in zip(relevant, distances, strict=True)]
    assert ranked(distances, relevant).average_precision == pytest.approx(wanted)


def test_the_curve_ends_at_the_share_of_relevant_rows_and_full_recall():
    source = np.random.default_rng(2)
    relevant = source.integers(0, 2, (5, 30))
    relevant[4] = 0  # a query without a relevant row is left out
    ranking = ranked(source.integers(0, 9, (5, 30)), relevant)
    precision, recall = ranking.curve(np.array([1, 10, 30]))
    assert recall[-1] == pytest.approx(1)
    assert precision[-1] == pytest.approx(relevant[:4].mean())
    assert (np.diff(recall) > 0).all()
    assert np.isnan(ranking.average_precision[4])


def test_bad_lists_are_refused_in_words():
    with pytest.raises(UsageError, match="both are"):
        ranked(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(UsageError, match="not a number"):
        ranked(np.array([[np.nan, 1.0]]), np.ones((1, 2)))
    with pytest.raises(UsageError, match="the lists have 2 rows"):
        ranked(np.zeros((1, 2)), np.zeros((1, 2))).precision_at(3)


@pytest.mark.parametrize("by", ["cosine", "euclid"])
def test_reranking_orders_a_short_list_by_real_codes(by):
    source = np.random.default_rng(3)
    values, query = source.normal(size=(100, 5)), source.normal(size=5)
    short = source.permutation(100)[:30]
    if by == "cosine":
        apart = 1 - values @ query / np.linalg.norm(values, axis=1) / np.linalg.norm(query)
    else:
        apart = np.linalg.norm(values - query, axis=1)
    wanted = sorted(short.tolist(), key=lambda row: apart[row])[:7]
    distances, rows = rerank(values, query, rows=short, k=7, by=by)
    assert rows.tolist() == wanted
    assert distances == pytest.approx(apart[wanted])


def test_reranking_a_code_of_zeros_is_no_division_by_zero():
    assert rerank(np.zeros((3, 2)), np.ones(2), rows=np.arange(3), k=2)[0].tolist() == [1, 1]
