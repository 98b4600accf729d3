"""Backpropagation through convolution and pooling: worked arrays, and autograd."""

import pytest
import torch
from torch import tensor
from torch.nn import functional

from harmonium.learning import convolution_backward, convolution_matrix, pooling_backward
from harmonium.nets.kernels import filtered

X = tensor([[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]])
K = tensor([[0, 1, 2], [2, 2, 0], [0, 1, 2]])
DELTA = tensor([[1, 0, 2], [0, -1, 0], [3, 0, 1]])


def backward(x, kernel, delta, **settings):
    """Both results for one map of one picture."""
    pairs = convolution_backward(
        x[None, None].double(), kernel[None, None].double(), delta=delta[None, None].double(),
        **settings,
    )  # fmt: skip
    return tuple(part[0, 0] for part in pairs)


def test_worked_errors_and_gradients():
    back, gradient = backward(X, K, DELTA)
    assert back.tolist() == [
        [0, 1, 2, 2, 4],
        [2, 2, 3, 2, 0],
        [0, 2, 6, 3, 6],
        [6, 6, 1, 0, 0],
        [0, 3, 6, 1, 2],
    ]
    assert gradient.tolist() == [[18, 9, 8], [7, 6, 3], [13, 5, 7]]
    # the full convolution: the turned kernel on the errors with a border as wide as it less one
    assert filtered(DELTA, K, padding=2, flip=True).equal(back)
    assert filtered(X, DELTA).equal(gradient)


def test_worked_errors_and_gradients_with_stride_and_padding():
    back, gradient = backward(X, K, torch.ones(3, 3), stride=2, padding=1)
    assert back.tolist() == [
        [2, 2, 2, 2, 2],
        [2, 4, 2, 4, 2],
        [2, 2, 2, 2, 2],
        [2, 4, 2, 4, 2],
        [2, 2, 2, 2, 2],
    ]
    assert gradient.tolist() == [[5, 6, 5], [7, 16, 7], [5, 6, 5]]


def test_errors_pass_through_the_transposed_matrix():
    matrix = convolution_matrix(K.double(), (5, 5)).to_dense()
    back, _ = backward(X, K, DELTA)
    assert (matrix.T @ DELTA.double().flatten()).reshape(5, 5).equal(back)


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("size", [(3, 3), (2, 4), (1, 1)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 3])
@pytest.mark.parametrize("dilation", [1, 2])
def test_against_autograd(size, stride, padding, dilation):
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    x, kernel = drawn(2, 3, 9, 8).requires_grad_(), drawn(4, 3, *size, seed=1).requires_grad_()
    y = functional.conv2d(x, kernel, **settings)
    delta = drawn(*y.shape, seed=2)
    expected = torch.autograd.grad(y, (x, kernel), delta)
    found = convolution_backward(x, kernel, delta=delta, **settings)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=1e-12, rtol=0)


@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), (3, 1), (2, 3)])
@pytest.mark.parametrize("kind", ["max", "mean"])
def test_pooling_against_autograd(size, stride, kind):
    x = drawn(2, 3, 9, 8).requires_grad_()
    pool = functional.max_pool2d if kind == "max" else functional.avg_pool2d
    y = pool(x, size, stride)
    delta = drawn(*y.shape, seed=1)
    (expected,) = torch.autograd.grad(y, x, delta)
    found = pooling_backward(x, delta, size=size, stride=stride, kind=kind)
    torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)


def test_worked_pooling():
    x = tensor([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]).double()[None, None]
    assert functional.max_pool2d(x, 2)[0, 0].tolist() == [[6, 8], [3, 4]]
    delta = tensor([[1, 2], [3, 4]]).double()[None, None]
    back = pooling_backward(x, delta, size=2, kind="max")[0, 0]
    assert back.tolist() == [[0, 0, 0, 0], [0, 1, 0, 2], [3, 0, 0, 0], [0, 0, 0, 4]]
    back = pooling_backward(x, delta, size=2, kind="mean")[0, 0]
    assert back.tolist() == [[0.25, 0.25, 0.5, 0.5]] * 2 + [[0.75, 0.75, 1, 1]] * 2
    # the first of equal inputs wins, as in torch
    flat = torch.zeros(1, 1, 2, 2)
    assert pooling_backward(flat, torch.ones(1, 1, 1, 1), size=2, kind="max")[0, 0, 0, 0] == 1
    with pytest.raises(ValueError, match="the windows are"):
        pooling_backward(x, delta[..., :1], size=2, kind="max")
