"""Standardiser: exact moments on the training rows, invertible, constants left alone."""

import pytest
import torch

from harmonium.data import Standardiser


def rows(*shape, dtype=torch.float64):
    x = torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=dtype)
    return 5 + x * torch.arange(1, x[0].numel() + 1, dtype=dtype).reshape(x[0].shape)


@pytest.mark.parametrize("shape", [(50, 4), (50, 2, 3)])
def test_training_rows_get_mean_0_and_deviation_1(shape):
    x = rows(*shape)
    y = Standardiser.fit(x)(x)
    torch.testing.assert_close(y.mean(0), torch.zeros(shape[1:], dtype=x.dtype))
    torch.testing.assert_close(y.std(0, correction=0), torch.ones(shape[1:], dtype=x.dtype))


def test_other_rows_are_moved_by_the_training_statistics():
    x, other = rows(50, 4), rows(7, 4) + 3
    to = Standardiser.fit(x)
    expected = (other - x.mean(0)) / x.std(0, correction=0)
    torch.testing.assert_close(to(other), expected)
    torch.testing.assert_close(to.inverse(to(other)), other)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 + 0.3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_constant_feature_has_scale_1(value, dtype):
    x = torch.cat((rows(7, 2, dtype=dtype), torch.full((7, 1), value, dtype=dtype)), 1)
    to = Standardiser.fit(x)
    assert to.scale[2] == 1
    assert (to.scale[:2] != 1).all()
    assert to.scale.dtype == to.mean.dtype == dtype
    assert to(x)[:, 2].abs().max() < 1e-9


def test_constants_are_found_whatever_the_memory_layout():
    x = rows(30, 3, 2)
    x[:, 1, 0] = 0.1
    to = Standardiser.fit(x.transpose(1, 2).contiguous().transpose(1, 2))
    assert (to.scale == 1).nonzero().tolist() == [[1, 0]]


def test_features_that_deviate_by_eps_or_less_have_scale_1():
    x = torch.tensor([[0.0, 0.0], [0.25, 4.0]])
    assert Standardiser.fit(x, eps=0.125).scale.tolist() == [1, 2]
    assert Standardiser.fit(x).scale.tolist() == [0.125, 2]


def test_large_means_do_not_spoil_the_scale():
    x = torch.tensor([[4096.0], [4097.0]] * 10_000)
    assert Standardiser.fit(x).scale.item() == 0.5


def test_gaps_and_other_features_are_refused():
    x = rows(5, 3)
    with pytest.raises(ValueError, match=r"\(2,\).*fitted to \(3,\)"):
        Standardiser.fit(x)(x[:, :2])
    with pytest.raises(ValueError, match=r"fitted to \(3,\)"):
        Standardiser.fit(x).inverse(x[0])
    x[2, 1] = torch.nan
    with pytest.raises(ValueError, match="1 NaN .* row 2, feature 1"):
        Standardiser.fit(x)
