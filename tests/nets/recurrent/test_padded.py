"""Padded series: where they end, reading backwards, last values and means."""

import torch

from harmonium.nets.recurrent.padded import backwards, ends_of, last_of, mean_of

NAN = torch.nan
X = torch.tensor([[[1.0], [NAN], [3.0], [NAN]], [[5.0], [6.0], [7.0], [8.0]]])


def test_a_series_ends_before_the_nan_frames_at_the_end():
    x, length = ends_of(X)
    assert length.tolist() == [3, 4]
    assert x[0].flatten().isnan().tolist() == [False, True, False, False]  # a gap stays a gap
    assert float(x[0, 3]) == 0


def test_backwards_twice_is_the_series():
    x = torch.randn(3, 5, 2, generator=torch.Generator().manual_seed(0))
    length = torch.tensor([2, 5, 1])
    turned = backwards(x, length)
    assert torch.equal(turned[0], torch.cat([x[0, :2].flip(0), x[0, 2:]]))
    assert torch.equal(turned[1], x[1].flip(0))
    assert torch.equal(backwards(turned, length), x)


def test_last_values_and_means_are_those_of_the_frames_alone():
    x = torch.randn(3, 5, 2, generator=torch.Generator().manual_seed(1))
    length = torch.tensor([2, 5, 1])
    alone = [row[:n] for row, n in zip(x, length.tolist(), strict=True)]
    assert torch.equal(last_of(x, length), torch.stack([row[-1] for row in alone]))
    torch.testing.assert_close(mean_of(x, length), torch.stack([row.mean(0) for row in alone]))
