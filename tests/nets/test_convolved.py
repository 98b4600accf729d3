"""Features laid over pictures: the same as those of every patch alone."""

import numpy as np
import pytest
import torch

from harmonium.data.whiten import whitening
from harmonium.errors import UsageError
from harmonium.nets.convolved import Convolved, folded, pooled

SOURCE = torch.Generator().manual_seed(0)


def drawn(*shape, dtype=torch.float64):
    return torch.randn(*shape, generator=SOURCE, dtype=dtype)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_slow_is_fast_with_whitening_folded_in(channels, dtype):
    r, c, a, b, k = 7, 6, 3, 2, 4
    pictures = drawn(2, channels, r, c, dtype=dtype)
    patches = drawn(200, channels * a * b) @ drawn(channels * a * b, channels * a * b)
    mean, matrix, _ = whitening(patches, epsilon=0.1)
    weight, bias = drawn(k, channels * a * b), drawn(k)
    raw, shift = (p.to(dtype) for p in folded(weight, bias, mean=mean, matrix=matrix))
    fast = Convolved(raw, shift, shape=(channels, a, b))(pictures)
    assert fast.shape == (2, k, r - a + 1, c - b + 1)
    for i, j in np.ndindex(r - a + 1, c - b + 1):
        patch = pictures[:, :, i : i + a, j : j + b].flatten(1).double()
        slow = (((patch - mean) @ matrix.mT) @ weight.mT + bias).sigmoid()
        limit = 1e-12 if dtype == torch.float64 else 1e-5
        torch.testing.assert_close(fast[..., i, j].double(), slow, atol=limit, rtol=0)


def test_the_activation_and_the_order_of_a_patch():
    layer = Convolved(
        torch.eye(4, dtype=torch.float64), torch.zeros(4, dtype=torch.float64), shape=(2, 2),
        activation=lambda z: z,
    )  # fmt: skip
    picture = torch.arange(6, dtype=torch.float64).reshape(1, 1, 2, 3)
    assert layer(picture)[0, :, 0].tolist() == [[0, 1], [1, 2], [3, 4], [4, 5]]


@pytest.mark.parametrize("kind", ["mean", "max"])
@pytest.mark.parametrize("grid", [1, 2, (3, 5), (5, 7)])
def test_pooling_covers_every_place_once(kind, grid):
    features = drawn(2, 3, 5, 7)
    found = pooled(features, grid, kind=kind)
    q, s = (grid, grid) if isinstance(grid, int) else grid
    assert found.shape == (2, 3, q, s)
    seen = 0
    for i, j in np.ndindex(q, s):
        cell = features[..., i * 5 // q : (i + 1) * 5 // q, j * 7 // s : (j + 1) * 7 // s].flatten(
            2
        )
        seen += cell.shape[2]
        expected = cell.mean(2) if kind == "mean" else cell.amax(2)
        torch.testing.assert_close(found[..., i, j], expected)
    assert seen == 35


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Convolved(drawn(2, 5), drawn(2), shape=(2, 2)), r"filters of shape \(2, 5\)"),
        (
            lambda: Convolved(drawn(2, 4), drawn(2), shape=(2, 2))(drawn(1, 3, 5, 5)),
            r"pictures of shape \(1, 3, 5, 5\): give \(B, 1, at least 2, at least 2\)",
        ),
        (
            lambda: Convolved(drawn(2, 4), drawn(2), shape=(2, 2))(drawn(1, 1, 1, 5)),
            "at least 2",
        ),
        (lambda: pooled(drawn(1, 1, 2, 9), 3), "a grid of 3 x 3 cells over 2 x 9 places"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(UsageError, match=message):
        call()
