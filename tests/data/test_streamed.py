"""Rows in a file behave as a tensor: selected, mapped, split, and shuffled window by window."""

from functools import partial

import numpy as np
import pytest
import torch

from harmonium.data import Batches, Split, blocks, mapped, pieces, streamed
from harmonium.data.blocks import Blocks
from harmonium.data.streamed import Streamed, taken

X = torch.arange(200.0).reshape(100, 2)
READ = []


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def rows(monkeypatch):
    """100 rows in blocks of 5, of which 3 are kept."""
    monkeypatch.setattr(blocks, "WINDOW", 3 * 5 * 2 * 4)
    return opened()


def opened():
    READ.clear()
    x = X.numpy()

    def read(k):
        READ.append(k)
        return x[5 * k : 5 * k + 5]

    file = Blocks("x", read, shape=x.shape, dtype=x.dtype, starts=list(range(0, 101, 5)))
    return Streamed.of(file)


def test_what_it_has_in_common_with_a_tensor(rows):
    assert (len(rows), rows.shape, rows.ndim, rows.dtype) == (100, X.shape, 2, X.dtype)
    assert rows.is_floating_point()
    assert not READ
    for some in (slice(None), slice(3, 40, 7), slice(-2, None), slice(5, 5)):
        assert torch.equal(rows[some], X[some])
    index = torch.tensor([99, 3, 3, 50])
    assert torch.equal(rows.index_select(0, index), X[index])
    for a, b in zip(rows.split(30), X.split(30), strict=True):
        assert torch.equal(a, b)
    with pytest.raises(TypeError, match=r"\[3\]; slice them, or use index_select"):
        rows[3]
    with pytest.raises(ValueError, match="axis 1"):
        rows.index_select(1, index)


def test_rows_of_rows_and_maps_of_maps(rows):
    index = torch.tensor([10, 90, 20, 30])
    some = taken(taken(rows, index), torch.tensor([3, 1]))
    assert torch.equal(some[:], taken(X, index)[[3, 1]])
    made = mapped(some, lambda x: x.sum(1, keepdim=True), each=(1,))
    made = mapped(made, lambda x: (x + 1).reshape(-1, 1, 1), each=(1, 1))
    assert made.shape == (2, 1, 1)
    assert made[:].tolist() == [[[122.0]], [[362.0]]]
    double = made.to(torch.device("cpu"), torch.float64)
    assert double.dtype == double[:].dtype == torch.float64
    assert mapped(X, lambda x: -x, each=(2,)).equal(-X)
    split = Split(rows, torch.arange(100)).take(index)
    assert repr(split) == "Examples(4 rows of 2, 4 labelled)"
    assert torch.equal(split.x[:], X[index])


def test_pieces_are_those_of_a_tensor(rows, monkeypatch):
    monkeypatch.setattr(streamed, "PIECE", 14)
    both = [*zip(pieces(rows), pieces(X), strict=True)]
    assert [len(a) for a, _ in both] == [7] * 14 + [2]
    assert all(torch.equal(a, b) for a, b in both)


def test_rows_that_fit_into_a_window_are_shuffled_as_a_tensor_is():
    x = opened()  # with 64 MiB
    columns = (x, torch.arange(100)), (X, torch.arange(100))
    ours, plain = (Batches(c, size=7, source=seeded()) for c in columns)
    for _ in range(2):
        for (a, i), (b, j) in zip(ours, plain, strict=True):
            assert torch.equal(a, b)
            assert torch.equal(i, j)
    assert ours.source.get_state().equal(plain.source.get_state())


@pytest.mark.parametrize("some", [slice(None), slice(2, 100, 3)])
def test_a_pass_goes_window_by_window(rows, some):
    places = torch.arange(100)[some]
    batches = Batches(rows.take(places), size=4, source=seeded())
    passes = [torch.cat([x[:, 0] / 2 for x in batches]).long() for _ in range(2)]
    assert not torch.equal(*passes)
    for found in passes:
        assert found.sort().values.equal(places)
        seen = list(dict.fromkeys((found // 5).tolist()))  # blocks, as they were first met
        windows = [set(seen[k : k + 3]) for k in range(0, 20, 3)]
        window = [next(k for k, w in enumerate(windows) if b in w) for b in (found // 5).tolist()]
        assert window == sorted(window)
        assert seen != sorted(seen)
    assert len(READ) <= 2 * 20 + 6  # hardly more than once in a pass


def test_the_order_within_a_window_is_uniform(monkeypatch):
    monkeypatch.setattr(blocks, "WINDOW", 2 * 4)
    x = np.arange(4, dtype=np.float32).reshape(4, 1)
    file = Blocks("x", lambda k: x[k : k + 1], shape=x.shape, dtype=x.dtype, starts=range(5))
    counts, source = {}, seeded()
    for _ in range(4800):
        order = torch.randperm(4, generator=source)
        found = tuple(Streamed.of(file).in_windows(order, source).tolist())
        counts[found] = counts.get(found, 0) + 1
    assert len(counts) == 24  # any two rows may share a window
    assert sum((n - 200) ** 2 / 200 for n in counts.values()) < 60  # 23 degrees: P = 4e-5


def test_a_pass_goes_on_where_it_was_saved(rows):
    make = partial(Batches, size=9, share=(1, 2))
    whole = make(rows, source=seeded())
    passed = iter(whole)
    before = [next(passed) for _ in range(4)]
    state = whole.state_dict()
    rest = list(passed)
    again = make(opened(), source=seeded(5))
    again.load_state_dict(state)
    assert len(before) + len(rest) == 12
    for a, b in zip(again, rest, strict=True):
        assert torch.equal(a, b)


def test_without_shuffling_rows_are_read_in_order(rows):
    found = torch.cat(list(Batches(rows, size=8, shuffle=False)))
    assert torch.equal(found, X)
    assert READ == list(range(20))
