"""The k-sparse code against sorting by hand."""

import pytest
import torch

from harmonium.nets import Autoencoder
from harmonium.nets.codes import KSparse

Z = torch.randn(7, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_largest_numbers_of_each_row_are_kept():
    found = KSparse(2).point(Z)
    for row, kept in zip(Z.tolist(), found.tolist(), strict=True):
        best = sorted(row)[-2:]
        assert kept == [value if value in best else 0.0 for value in row]


def test_of_equal_numbers_the_first_are_kept():
    z = torch.tensor([[1.0, 2.0, 2.0, 2.0, 0.0]], dtype=torch.float64)
    assert KSparse(2).point(z).tolist() == [[0.0, 2.0, 2.0, 0.0, 0.0]]
    assert KSparse(9).point(z).tolist() == z.tolist()


def test_gradients_reach_what_is_kept_only():
    z = Z.clone().requires_grad_()
    code = KSparse(3)
    code.train()(z).sum().backward()
    assert torch.equal(z.grad, (code.point(Z) != 0).double())


def test_more_numbers_than_the_code_has_are_not_kept():
    with pytest.raises(ValueError, match="kept is 9, but the code has 4 numbers: keep fewer"):
        Autoencoder([8, 4], code=KSparse(9))
