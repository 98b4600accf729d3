"""Sequence weights against a count by hand, across blocks, and what is refused."""

import pytest
import torch

from harmonium.data import reweight
from harmonium.data.reweight import sequence_weights


def by_hand(codes, identity):
    n, sites = codes.shape
    return torch.tensor(
        [1 / sum(int((a == b).sum()) >= identity * sites - 1e-9 for b in codes) for a in codes]
    )


def one_hot(codes, q):
    return torch.nn.functional.one_hot(codes, q).float().flatten(1)


@pytest.mark.parametrize("identity", [0.3, 0.5, 0.7, 0.8, 1.0])
@pytest.mark.parametrize("block", [1, 7, 1000])
def test_weights_are_those_counted_by_hand(identity, block, monkeypatch):
    source = torch.Generator().manual_seed(0)
    parents = torch.randint(4, (8, 10), generator=source)
    codes = parents[torch.randint(8, (61,), generator=source)]
    moved = torch.rand(codes.shape, generator=source) < 0.2
    codes = torch.where(moved, torch.randint(4, codes.shape, generator=source), codes)
    monkeypatch.setattr(reweight, "_NUMBERS", block**2)
    weights = sequence_weights(one_hot(codes, 4), 10, identity=identity)
    assert torch.equal(weights, by_hand(codes, identity))
    assert weights.min() < 0.5  # there are neighbours to count


def test_a_threshold_that_rounding_moves_is_met():
    """.28 * 25 is 7.000000000000001 in floating point; seven of 25 sites are enough."""
    codes = torch.zeros(2, 25, dtype=torch.int64)
    codes[1, 7:] = 1
    assert sequence_weights(one_hot(codes, 2), 25, identity=0.28).tolist() == [0.5, 0.5]
    assert sequence_weights(one_hot(codes, 2), 25, identity=0.32).tolist() == [1, 1]


def test_the_sum_is_the_number_of_clusters():
    codes = torch.arange(3).repeat_interleave(torch.tensor([5, 2, 1]))[:, None].expand(8, 6)
    assert float(sequence_weights(one_hot(codes, 3), 6).sum()) == pytest.approx(3)


@pytest.mark.parametrize(
    ("x", "identity", "message"),
    [
        (torch.full((2, 4), 0.5), 0.8, "not one-hot over 2 sites"),
        (torch.tensor([[1.0, 1.0, 1.0, 0.0]]), 0.8, "not one-hot"),
        (torch.tensor([[1.0, 0.0, 1.0, 0.0]]), 0.0, "share of the sites"),
        (torch.tensor([[1.0, 0.0, 1.0, 0.0]]), 1.5, "share of the sites"),
    ],
)
def test_what_cannot_be_compared_is_refused(x, identity, message):
    with pytest.raises(ValueError, match=message):
        sequence_weights(x, 2, identity=identity)
