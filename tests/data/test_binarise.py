"""Binarisation: exact at the ends, right on average, and nothing outside [0, 1] passes."""

import pytest
import torch

from harmonium.data import sampled, threshold


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_threshold_is_strict_and_keeps_dtype(dtype):
    x = torch.tensor([[0, 0.3], [0.5, 1]], dtype=dtype)
    assert threshold(x).tolist() == [[0, 0], [0, 1]]
    assert threshold(x, 0.25).tolist() == [[0, 1], [1, 1]]
    assert threshold(x).dtype == dtype


def test_threshold_of_bytes_is_the_usual_128_and_more():
    grey = torch.arange(256)
    assert torch.equal(threshold(grey.float() / 255), (grey >= 128).float())


def test_sampled_means_are_the_grey_values():
    p = torch.linspace(0, 1, 11).expand(100_000, 11)
    draw = sampled(p, torch.Generator().manual_seed(0))
    assert set(draw.unique().tolist()) == {0, 1}
    deviation = (p[0] * (1 - p[0]) / len(p)).sqrt()
    z = (draw.mean(0) - p[0]).abs()[1:-1] / deviation[1:-1]
    assert z.max() < 4.5
    assert draw[:, 0].max() == 0
    assert draw[:, -1].min() == 1
    # Pixels are drawn independently of each other.
    assert torch.corrcoef(draw[:, 1:-1].T).fill_diagonal_(0).abs().max() < 0.02


def test_source_decides_the_draw():
    p = torch.full((1000,), 0.5)
    first, again, other = (sampled(p, torch.Generator().manual_seed(s)) for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    source = torch.Generator().manual_seed(1)
    assert not torch.equal(sampled(p, source), sampled(p, source))


@pytest.mark.parametrize("binarise", [threshold, sampled])
@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([-0.25, 0.5], "-0.25 to 0.5"),
        ([0.0, 255.0], "0.0 to 255.0"),
        ([0.0, float("nan")], "nan to nan"),
        ([0.0, 1.0000001], "0.0 to 1.0000001"),
    ],
)
def test_values_outside_are_refused_with_range_and_remedy(binarise, values, found):
    with pytest.raises(ValueError, match=rf"range from {found}; .* \[0, 1\]: divide"):
        binarise(torch.tensor(values))


@pytest.mark.parametrize("binarise", [threshold, sampled])
def test_integers_are_refused(binarise):
    with pytest.raises(TypeError, match=r"torch\.uint8.*/ 255"):
        binarise(torch.tensor([0, 255], dtype=torch.uint8))
