"""Convolution as a matrix: its entries, what sharing saves, and that it is the filter."""

import pytest
import torch
from torch.nn import functional

from harmonium.learning import WeightCounts, convolution_matrix, weight_counts


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_nine_weights_in_eighty_one_slots():
    kernel = torch.tensor([[0.0, 1, 2], [2, 2, 0], [0, 1, 2]])
    matrix = convolution_matrix(kernel, (5, 5))
    assert matrix.shape == (9, 25)
    assert matrix.values().numel() == 81
    dense = matrix.to_dense()
    assert dense[0].reshape(5, 5)[:3, :3].equal(kernel)
    assert dense[8].reshape(5, 5)[2:, 2:].equal(kernel)
    # every output has the same weights, moved on
    assert all(row[row != 0].equal(kernel[kernel != 0]) for row in dense)


def test_counts_of_weights():
    assert weight_counts((5, 5), (3, 3)) == WeightCounts(full=9 * 25, local=81, shared=9)
    assert weight_counts((9,), (3,), stride=3) == WeightCounts(full=27, local=9, shared=3)
    picture = weight_counts((28, 28), (5, 5))
    assert picture == WeightCounts(full=576 * 784, local=576 * 25, shared=25)
    assert weight_counts((3, 3), (2, 2)) == WeightCounts(full=9 * 4, local=16, shared=4)
    with pytest.raises(ValueError, match="smaller kernel"):
        weight_counts((2, 5), (3, 3))
    with pytest.raises(ValueError, match="same number of axes"):
        weight_counts((5, 5), (3,))


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 4])
@pytest.mark.parametrize("dilation", [1, 2])
def test_the_matrix_is_the_convolution(stride, padding, dilation):
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    kernel, x = drawn(3, 2), drawn(6, 7, seed=1)
    expected = functional.conv2d(x[None, None], kernel[None, None], **settings)[0, 0]
    matrix = convolution_matrix(kernel, (6, 7), **settings)
    found = torch.sparse.mm(matrix, x.reshape(-1, 1)).reshape(expected.shape)
    torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)
    row, weights = drawn(11, seed=2), drawn(4, seed=3)
    expected = functional.conv1d(row[None, None], weights[None, None], **settings)[0, 0]
    found = convolution_matrix(weights, (11,), **settings).to_dense() @ row
    torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)


def test_gradients_of_all_slots_add_up_in_the_shared_weights():
    kernel, x, delta = drawn(3, 3).requires_grad_(), drawn(5, 5, seed=1), drawn(9, seed=2)
    (convolution_matrix(kernel, (5, 5)).to_dense() @ x.flatten() @ delta).backward()
    expected = functional.conv2d(x[None, None], delta.reshape(1, 1, 3, 3))[0, 0]
    torch.testing.assert_close(kernel.grad, expected, atol=1e-12, rtol=0)


def test_what_is_refused():
    with pytest.raises(ValueError, match="same number of axes"):
        convolution_matrix(torch.ones(3, 3), (5,))
    with pytest.raises(ValueError, match="smaller kernel"):
        convolution_matrix(torch.ones(3, 3), (5, 4), dilation=2)
    with pytest.raises(ValueError, match="stride 0"):
        convolution_matrix(torch.ones(3), (5,), stride=0)
