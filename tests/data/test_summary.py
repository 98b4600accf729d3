"""One pass over rows, in pieces, says what a look at all of them would."""

import pytest
import torch

from harmonium.data import extremes, streamed, summary
from harmonium.data.blocks import Blocks
from harmonium.data.streamed import Streamed


def rows(x):
    reads = []

    def read(k):
        reads.append(k)
        return x.numpy()[10 * k : 10 * k + 10]

    starts = [*range(0, len(x), 10), len(x)]
    file = Blocks("x", read, shape=x.shape, dtype=x.numpy().dtype, starts=starts)
    return Streamed.of(file), reads


@pytest.mark.parametrize("piece", [3, 100, 10_000])
def test_pieces_are_merged_without_loss(piece, monkeypatch):
    monkeypatch.setattr(streamed, "PIECE", piece)
    source = torch.Generator().manual_seed(0)
    x = torch.randn(97, 3, generator=source) * torch.tensor([1e-3, 1.0, 50.0])
    x += torch.tensor([1.0, 0.0, 1e4])  # far from 0: squares would cancel
    x[:, 0] = 0.1
    for found in (summary(x), summary(rows(x)[0])):
        assert found.least.equal(x.amin(0))
        assert found.most.equal(x.amax(0))
        exact = x.double()
        torch.testing.assert_close(found.mean, exact.mean(0), rtol=1e-14, atol=1e-15)
        std = exact.std(0, correction=0)
        torch.testing.assert_close(found.deviation, std, rtol=1e-12, atol=1e-15)


def test_rows_in_a_file_are_gone_through_once():
    x = torch.arange(60.0).reshape(30, 2)
    made, reads = rows(x)
    summary(made)
    n = len(reads)
    assert summary(made).most.tolist() == [58, 59]
    assert [float(v) for v in extremes(made)] == [0, 59]
    assert len(reads) == n
    assert float(extremes(made.map(lambda p: -p, (2,)))[0]) == -59  # other rows, another summary


@pytest.mark.parametrize("piece", [4, 10_000])
def test_nan_shows(piece, monkeypatch):
    monkeypatch.setattr(streamed, "PIECE", piece)
    x = torch.zeros(20, 2)
    x[13, 1] = torch.nan
    for found in (x, rows(x)[0]):
        assert all(bool(v.isnan()) for v in extremes(found))
        assert summary(found).mean.isnan().tolist() == [False, True]


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="there are no rows"):
        summary(torch.zeros(0, 2))
