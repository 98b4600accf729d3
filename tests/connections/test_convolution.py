import numpy as np
import pytest
import torch
from scipy.signal import correlate
from torch.testing import assert_close

from harmonium import Bernoulli, Convolution, Dense, EnergyGraph, rbm
from harmonium.connections.convolution import convolved_shape
from harmonium.connections.matrix import matrix, set_matrix
from harmonium.random import generator


def test_the_field_is_scipys_correlation():
    c = Convolution((2, 5, 6), (3, 4, 4), kernel=(2, 3), std=1.0).double()
    x = torch.randn(1, 2, 5, 6, generator=generator(1), dtype=torch.float64)
    weight = c.weight.detach()
    wanted = [
        sum(correlate(x[0, i].numpy(), weight[k, i].numpy(), mode="valid") for i in range(2))
        for k in range(3)
    ]
    for k in range(3):
        assert_close(c(x)[0, k].detach(), torch.from_numpy(wanted[k]))


def test_it_is_the_dense_machine_with_its_matrix():
    """One machine by kernels, one by the matrix: the same free energies."""
    settings = {"kernel": 3, "stride": 2, "padding": 1}
    c = Convolution((1, 5, 5), (2, 3, 3), std=1.0, **settings)
    units = {"v": Bernoulli(1, 5, 5), "h": Bernoulli(2, 3, 3)}
    graph, dense = EnergyGraph(units, {("v", "h"): c}), rbm(25, 18)
    set_matrix(dense.edges[0].connection, matrix(c))
    x = torch.bernoulli(torch.full((4, 25), 0.5), generator=generator(2))
    assert_close(
        graph.free_energy({"v": x.reshape(4, 1, 5, 5)}, ("h",)),
        dense.free_energy({"v": x}, ("h",)),
    )


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        ({"kernel": 3}, (4, 6, 5)),
        ({"kernel": 3, "padding": 1}, (4, 8, 7)),
        ({"kernel": 3, "stride": 2}, (4, 3, 3)),
        ({"kernel": (2, 3), "dilation": 2}, (4, 6, 3)),
    ],
)
def test_shapes_are_those_of_torch(settings, shape):
    assert convolved_shape((2, 8, 7), 4, **settings) == shape
    conv = torch.nn.Conv2d(
        2, 4, settings["kernel"], **{k: v for k, v in settings.items() if k != "kernel"}
    )
    assert tuple(conv(torch.zeros(1, 2, 8, 7)).shape[1:]) == shape


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"does not fit into maps of \(3, 3\).*smaller kernel"):
        convolved_shape((1, 3, 3), 2, kernel=4)
    with pytest.raises(ValueError, match=r"these settings give \(2, 2, 2\)"):
        Convolution((1, 3, 3), (2, 3, 3), kernel=2)
    with pytest.raises(ValueError, match=r"\(channels, height, width\) is needed"):
        convolved_shape((9,), 2, kernel=2)
    with pytest.raises(ValueError, match="give its side, or height and width"):
        convolved_shape((1, 3, 3), 2, kernel=(1, 2, 3))


def test_a_machine_of_maps_needs_no_memory_for_its_matrix():
    """2000 x 2000 pixels to two maps would be 10^13 weights as a matrix."""
    assert Convolution((1, 2000, 2000), (2, 1991, 1991), kernel=10).weight.numel() == 200
    with pytest.raises(ValueError, match="matrix of"):
        Dense((2000, 2000), (2, 1991, 1991))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stride": 0}, "stride is 0"),
        ({"kernel": 2.5}, "kernel is 2.5"),
        ({"padding": -1}, "padding is -1"),
    ],
)
def test_settings_out_of_range_are_refused(changes, words):
    settings = {"kernel": 3, **changes}
    with pytest.raises((ValueError, TypeError), match=words):
        convolved_shape((1, 8, 8), 2, **settings)
    with pytest.raises((ValueError, TypeError), match=words):
        Convolution((1, 8, 8), (2, 6, 6), **settings)


def test_a_kernel_may_be_a_whole_number_of_numpy():
    assert convolved_shape((1, 8, 8), 2, kernel=np.int64(3)) == (2, 6, 6)
