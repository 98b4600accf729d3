"""Batches of parallel streams: what continues what, resuming, shares of processes."""

import pytest
import torch

from harmonium.data import Examples
from harmonium.data.streams import StreamBatches
from harmonium.errors import DataError

ROWS = Examples({"x": torch.arange(11.0)[:, None]})


def seen(batches):
    return [(b["x"].flatten().tolist(), b["continues"].tolist()) for b in batches]


def test_every_row_continues_the_one_of_the_batch_before():
    batches = StreamBatches(ROWS, size=3)
    assert len(batches) == 3
    assert seen(batches) == [
        ([0, 3, 6], [False] * 3),
        ([1, 4, 7], [True] * 3),
        ([2, 5, 8], [True] * 3),
    ]
    assert seen(batches) == seen(StreamBatches(ROWS, size=3))


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_pass_goes_on_where_it_was_saved(stop):
    whole, batches = seen(StreamBatches(ROWS, size=3)), StreamBatches(ROWS, size=3)
    run = iter(batches)
    for _ in range(stop):
        next(run)
    other = StreamBatches(ROWS, size=3)
    other.load_state_dict(batches.state_dict())
    assert seen(other) == (whole[stop:] or whole)
    assert seen(other) == whole


def test_processes_share_the_streams():
    mine, theirs = (seen(StreamBatches(ROWS, size=4, share=(rank, 2))) for rank in (0, 1))
    assert [x for x, _ in mine] == [[0, 4], [1, 5]]
    assert [x for x, _ in theirs] == [[2, 6], [3, 7]]


def test_what_cannot_be_streams():
    with pytest.raises(DataError, match="12 parallel streams of 11 rows"):
        StreamBatches(ROWS, size=12)
    with pytest.raises(DataError, match="3 streams cannot be shared equally by 2 .*: take 4"):
        StreamBatches(ROWS, size=3, share=(0, 2))
    with pytest.raises(DataError, match="position among 5 rows"):
        StreamBatches(ROWS, size=2).load_state_dict({"rows": 5, "next": 1})
