"""Pictures read at new positions: equal to an independent reference, exact at whole positions."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from harmonium.data.affine import transformed
from harmonium.data.resample import grid, mapped_grid, resampled
from harmonium.random import generator, uniform

X = uniform(torch.empty(2, 3, 9, 12, dtype=torch.float64), generator(0))


@pytest.mark.parametrize(("fill", "mode"), [(None, "nearest"), (0.3, "grid-constant")])
@pytest.mark.parametrize("size", [(9, 12), (8, 16), (28, 28)])
def test_bilinear_values_equal_those_of_scipy(fill, mode, size):
    x = uniform(torch.empty(2, 2, *size, dtype=torch.float64), generator(0))
    rows, columns = (16 * uniform(x[:, 0], generator(k)) - 3 for k in (1, 2))
    found = resampled(x, rows, columns=columns, fill=fill)
    for b in range(2):
        for c in range(2):
            places = [rows[b].numpy(), columns[b].numpy()]
            expected = ndimage.map_coordinates(
                x[b, c].numpy(), places, order=1, mode=mode, cval=fill or 0.0
            )
            np.testing.assert_allclose(found[b, c].numpy(), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", [(8, 8), (28, 28), (29, 31), (32, 32), (84, 100)])
@pytest.mark.parametrize("fill", [None, 0.0, -1.5])
def test_whole_positions_are_exact(dtype, size, fill):
    x = uniform(torch.empty(2, 1, *size, dtype=dtype), generator(0))
    rows, columns = (p.expand(2, *size) for p in grid(x))
    assert torch.equal(resampled(x, rows, columns=columns, fill=fill), x)
    moved = resampled(x, rows - 2, columns=columns + 3, fill=fill)
    assert torch.equal(moved[..., 2:, :-3], x[..., :-2, 3:])
    if fill is not None:
        assert bool((moved[..., :2, :] == fill).all())
        assert bool((moved[..., -3:] == fill).all())


@pytest.mark.parametrize(
    ("shift", "rotation", "scale", "shear"),
    [
        ((1.5, -0.7), 0.0, 1.0, 0.0),
        ((0.0, 0.0), 25.0, 1.0, 0.0),
        ((0.0, 0.0), 0.0, 0.8, 0.0),
        ((0.0, 0.0), 0.0, 1.0, 15.0),
        ((0.3, 1.1), -12.0, 1.2, -8.0),
    ],
)
def test_an_affine_map_equals_that_of_scipy(shift, rotation, scale, shear):
    found = transformed(X, shift=shift, rotation=rotation, scale=scale, shear=shear)
    turn, slant = np.radians(rotation), np.tan(np.radians(shear))
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    forward = scale * turned @ np.array([[1, slant], [0, 1]])  # of (column, row)
    back = np.linalg.inv(forward)
    centre = np.array([(12 - 1) / 2, (9 - 1) / 2])
    offset = centre - back @ (centre + np.array(shift))
    swapped = back[::-1, ::-1]  # scipy has (row, column)
    for b in range(2):
        for c in range(3):
            expected = ndimage.affine_transform(
                X[b, c].numpy(), swapped, offset=offset[::-1], order=1, mode="nearest"
            )
            np.testing.assert_allclose(found[b, c].numpy(), expected, rtol=0, atol=1e-10)


def test_a_quarter_turn_is_that_of_numpy():
    x = X[:, :, :, :9]
    found = transformed(x, rotation=90)
    expected = np.rot90(x.numpy(), axes=(2, 3))
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-12)


def test_a_scale_of_nothing_is_refused():
    one = torch.ones(1, dtype=torch.float64)
    with pytest.raises(ValueError, match="a scale of -1.0: a picture is scaled by a factor above"):
        mapped_grid(X, shift=torch.zeros(1, 2), rotation=one, scale=-one, shear=one)
    with pytest.raises(ValueError, match="a scale of nan"):
        mapped_grid(
            torch.zeros(1, 1, 3, 3, dtype=torch.float64),
            shift=torch.zeros(1, 2, dtype=torch.float64),
            rotation=0 * one,
            scale=one * float("nan"),
            shear=0 * one,
        )
