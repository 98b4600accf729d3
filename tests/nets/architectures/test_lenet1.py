"""LeNet-1 has the parameters that were published."""

from harmonium.nets.architectures import lenet1
from tests.nets.architectures.test_lenet5 import counts


def test_digits_and_letters():
    expected = {"H1": 104, "H2": 8, "H3": 512, "H4": 24, "output": 1930}
    assert counts(lenet1()) == expected
    assert sum(expected.values()) == 2578
    assert sum(counts(lenet1(classes=26)).values()) == 5666


def test_the_two_halves_do_not_meet_below_the_outputs():
    net = lenet1()
    kernels = net.H3.dense_weight().abs().sum((2, 3)) > 0
    assert not kernels[:6, 2:].any()
    assert not kernels[6:, :2].any()
