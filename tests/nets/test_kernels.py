"""Named kernels and filters: worked arrays of lectures, laws of padding, stride and dilation."""

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d, correlate2d
from torch import tensor
from torch.nn import functional

from harmonium.nets.kernels import KERNELS, MAGNITUDES, filtered, kernel_of, shown

STEPS = tensor([[0] * (row + 1) + [255] * (5 - row) for row in range(6)])
"""Black below the diagonal, white above it."""

FIVE = tensor(
    [[0, 1, 2, 1, 0], [4, 1, 0, 1, 0], [2, 0, 1, 1, 1], [1, 2, 3, 1, 0], [0, 4, 3, 2, 0]]
)
TREE = tensor([[0, 1, 0], [1, 0, 1], [2, 1, 0]])

PADDED = tensor(
    [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]
)
HOOK = tensor([[0, 1, 2], [2, 2, 0], [0, 1, 2]])

SEVEN = tensor(
    [
        [0, 1, 4, 9, 5, 3, 3],
        [5, 9, 4, 1, 0, 1, 4],
        [9, 5, 3, 3, 5, 9, 4],
        [1, 0, 1, 4, 9, 5, 3],
        [3, 5, 9, 4, 1, 0, 1],
        [4, 9, 5, 3, 3, 5, 9],
        [4, 1, 0, 1, 4, 9, 5],
    ]
)


def test_a_picture_of_two_grey_levels_and_its_edges():
    raw = filtered(STEPS, "edge2")
    assert raw.tolist() == [
        [510, -510, 0, 0],
        [0, 510, -510, 0],
        [0, 0, 510, -510],
        [0, 0, 0, 510],
    ]
    assert shown(raw).tolist() == (255 * torch.eye(4, dtype=torch.float64)).tolist()
    assert filtered(STEPS, "edge2", padding="same").tolist() == [
        [255, -765, -255, -255, -255, -510],
        [0, 510, -510, 0, 0, -255],
        [0, 0, 510, -510, 0, -255],
        [0, 0, 0, 510, -510, -255],
        [0, 0, 0, 0, 510, -765],
        [0, 0, 0, 0, 0, 255],
    ]


def test_the_kernel_is_not_flipped_unless_it_is_said():
    assert filtered(FIVE, TREE).tolist() == [[9, 5, 4], [8, 8, 10], [8, 15, 12]]
    assert filtered(FIVE, TREE, flip=True).tolist() == [[9, 7, 2], [6, 6, 4], [10, 9, 8]]
    # two of the windows and what they give
    assert FIVE[0:3, 2:5].tolist() == [[2, 1, 0], [0, 1, 0], [1, 1, 1]]
    assert int((FIVE[0:3, 2:5] * TREE).sum()) == 4
    assert int((FIVE[2:5, 0:3] * TREE).sum()) == 8


def test_padding_and_stride():
    corners = filtered(PADDED, HOOK, padding=1, stride=2)
    assert corners.tolist() == [[6, 17, 3], [8, 17, 13], [6, 4, 4]]
    flipped = filtered(PADDED, HOOK, padding=1, stride=2, flip=True)
    assert flipped.tolist() == [[12, 7, 7], [10, 9, 19], [6, 0, 8]]
    assert filtered(PADDED, HOOK).tolist() == [[12, 12, 17], [10, 17, 19], [9, 6, 14]]
    assert filtered(PADDED, HOOK, stride=2).tolist() == [[12, 17], [9, 14]]
    same = filtered(PADDED, HOOK, padding="same")
    assert same.tolist() == [
        [6, 14, 17, 11, 3],
        [14, 12, 12, 17, 11],
        [8, 10, 17, 19, 13],
        [11, 9, 6, 14, 12],
        [6, 4, 4, 6, 4],
    ]
    assert filtered(PADDED, HOOK, padding="same", stride=2).equal(corners)
    assert corners.equal(same[::2, ::2])


def test_the_result_with_stride_determines_the_kernel():
    windows = functional.unfold(PADDED[None, None].double(), 3, padding=1, stride=2)[0].T
    assert round(float(torch.linalg.det(windows))) == -360
    printed = tensor([[6, 17, 3], [8, 17, 13], [6, 4, 4]]).double().flatten()
    found = torch.linalg.solve(windows, printed).reshape(3, 3)
    torch.testing.assert_close(found, HOOK.double(), atol=1e-12, rtol=0)


def test_dilation():
    slope = tensor([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    twice = filtered(SEVEN, slope, dilation=2)
    assert twice.tolist() == [[5, -5, 7], [-10, 2, -8], [8, -2, 10]]
    assert filtered(SEVEN, slope, dilation=3).tolist() == [[-8]]
    for dilation, extent in ((1, 3), (2, 5), (3, 7), (4, 9)):
        ones = torch.ones(9, 9, dtype=torch.float64)
        places = filtered(ones, torch.ones(3, 3), dilation=dilation)
        assert places.shape == (10 - extent, 10 - extent)
        assert set(places.flatten().tolist()) == {9.0}


def test_a_kernel_on_a_strided_result_is_a_dilated_kernel_on_the_dense_one():
    below = filtered(SEVEN, HOOK, padding="same")
    coarse = filtered(filtered(SEVEN, HOOK, padding="same", stride=2), TREE)
    assert coarse.equal(filtered(below, TREE, dilation=2)[::2, ::2])


THIRD = 85 / 3
SLOPE = [[765, 765, 255, 0], [255, 765, 765, 255], [0, 255, 765, 765], [0, 0, 255, 765]]
ON_STEPS = {
    "edge1": [
        [-255, 255, 255, 0],
        [-255, -255, 255, 255],
        [0, -255, -255, 255],
        [0, 0, -255, -255],
    ],
    "edge3": [
        [-765, 765, 255, 0],
        [-255, -765, 765, 255],
        [0, -255, -765, 765],
        [0, 0, -255, -765],
    ],
    "sharpen": [[-510, 765, 255, 255], [0, -510, 765, 255], [0, 0, -510, 765], [0, 0, 0, -510]],
    "box": [
        [85, 170, 8 * THIRD, 255],
        [THIRD, 85, 170, 8 * THIRD],
        [0, THIRD, 85, 170],
        [0, 0, THIRD, 85],
    ],
    "sobel_x": SLOPE,
    "sobel_y": SLOPE,
}


@pytest.mark.parametrize("name", sorted(ON_STEPS))
def test_named_kernels_on_a_picture_of_two_grey_levels(name):
    found = filtered(STEPS, name)
    expected = tensor(ON_STEPS[name], dtype=torch.float64)
    torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)


def test_named_kernels_as_printed():
    printed = {
        "identity": ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], 1),
        "edge1": ([[1, 0, -1], [0, 0, 0], [-1, 0, 1]], 1),
        "edge2": ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], 1),
        "edge3": ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], 1),
        "sharpen": ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], 1),
        "box": ([[1, 1, 1]] * 3, 9),
        "gauss": ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
        "sobel_x": ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], 1),
        "sobel_y": ([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], 1),
    }
    assert printed.keys() == KERNELS.keys()
    for name, (rows, divisor) in printed.items():
        assert ([list(row) for row in KERNELS[name].rows], KERNELS[name].divisor) == (
            rows,
            divisor,
        )
        total = 0 if name.startswith(("edge", "sobel")) else 1
        assert KERNELS[name].weights.sum().item() == pytest.approx(total, abs=1e-15)
    assert filtered(STEPS, "identity").equal(STEPS[1:-1, 1:-1].double())


def test_the_magnitude_of_sobel_knows_no_direction():
    assert MAGNITUDES.keys() == {"sobel"}
    found = filtered(STEPS, "sobel")
    assert found.equal(np.sqrt(2) * filtered(STEPS, "sobel_x").abs())
    for turned in (STEPS.rot90(), STEPS.flip(1), STEPS.T):
        assert filtered(turned, "sobel").sum().item() == pytest.approx(found.sum().item())


@pytest.mark.parametrize("size", [(2, 2), (3, 4), (5, 3), (1, 6)])
def test_against_scipy_with_even_kernels_and_channels(size):
    rng = np.random.default_rng(3)
    kernel = rng.normal(size=size)
    picture = rng.normal(size=(3, 9, 10))
    x, k = torch.from_numpy(picture), torch.from_numpy(kernel)
    found, turned = filtered(x, k).numpy(), filtered(x, k, flip=True).numpy()
    for channel in range(3):
        np.testing.assert_allclose(found[channel], correlate2d(picture[channel], kernel, "valid"))
        np.testing.assert_allclose(turned[channel], convolve2d(picture[channel], kernel, "valid"))
    # the centre of an even kernel lies above and to the left of its middle, as in torch
    same = functional.conv2d(functional.pad(x[:, None], _torch_same(size)), k[None, None])[:, 0]
    torch.testing.assert_close(filtered(x, k, padding="same"), same)
    dot = torch.zeros(7, 7)
    dot[3, 3] = 1
    one = filtered(dot, torch.ones(2, 2), padding="same")
    assert one.nonzero().tolist() == [[2, 2], [2, 3], [3, 2], [3, 3]]


def _torch_same(size):
    """The border of torch's padding "same", written out: the smaller half is on the left."""
    (a, b) = size
    return (b - 1) // 2, b - 1 - (b - 1) // 2, (a - 1) // 2, a - 1 - (a - 1) // 2


def test_kernels_from_text_and_what_is_refused():
    assert kernel_of("0 1 0; 1 -4 1; 0 1 0").equal(KERNELS["edge2"].weights)
    for text in ("1 2; 3", "1 2; 3 4;"):
        with pytest.raises(
            ValueError, match="rows of kernel .* have 2, .* numbers: give equally many"
        ):
            kernel_of(text)
    for text in ("sobell", "", ";", "nan 1", "1 inf"):
        with pytest.raises(ValueError, match="choose from identity, edge1"):
            kernel_of(text)
    with pytest.raises(ValueError, match=r"extends over 5 x 5 pixels on a picture of 3 x 3"):
        filtered(torch.zeros(3, 3), "box", dilation=2)
    for kernel in ("1e300 1; 1 1", torch.full((2, 2), -1e308, dtype=torch.float64)):
        with pytest.raises(ValueError, match=r"a weight of size .*: give 1e\+100 at most"):
            filtered(torch.ones(3, 3), kernel)
    with pytest.raises(ValueError, match="stride 0"):
        filtered(STEPS, "box", stride=0)
    with pytest.raises(ValueError, match="padding 'full'"):
        filtered(STEPS, "box", padding="full")
    with pytest.raises(ValueError, match="padding -1"):
        filtered(STEPS, "box", padding=-1)
    with pytest.raises(ValueError, match=r"give \(\.\.\., height, width\)"):
        filtered(torch.zeros(3), "box")
    with pytest.raises(ValueError, match=r"give \(rows, columns\)"):
        filtered(STEPS, torch.zeros(3))


def test_a_border_that_would_fill_the_memory_is_refused():
    with pytest.raises(ValueError, match="padding 1000000000: a border has at most 10000"):
        filtered(torch.ones(3, 3, dtype=torch.float64), "box", padding=10**9)
