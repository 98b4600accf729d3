"""LeNet-5, as it was published in 1998 and as it is often rebuilt."""

from typing import Any, Literal

from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.errors import UsageError
from harmonium.nets.net import Net

__all__ = ["lenet5"]

SQUASH = "scaled_tanh"
"""The nonlinearity of 1998, 1.7159 tanh(2 x / 3)."""

_INPUT = {"type": "rescale", "factor": 3.25, "shift": -0.42}
"""Pixels of MNIST get mean 0 and variance 1. The paper's -0.1 and 1.175 leave a variance of .15,
with which gradient descent learns more slowly."""

_SCALE = 0.1
"""Factor of the distances to codes. With 1, gradient descent with momentum diverges at a rate of
.005; with .1 it learns at .05."""

_START = {"initial": {"weight": {"type": "kaiming_normal", "nonlinearity": "linear"}}}
"""Weights of variance 1 / fan-in, which suit the squashing function: values keep their spread."""


@checked
def lenet5(
    *,
    variant: Literal["1998", "modern"] = "1998",
    classes: Count = 10,
    padding: Size = 2,
) -> Net:
    """LeNet-5 for grey pictures of 28 x 28 values in [0, 1], ``(B, 1, 28, 28) -> (B, classes)``.

    The net of 1998: convolution C1 (6 maps), trainable subsampling S2, convolution C3 (16 maps
    that read some of the 6, ``nets.tables``), subsampling S4, convolution C5 (120 units), a dense
    layer F6 of 84 units, and distances to codes of 7 x 12 as outputs (``nets.rbf``). It has
    exactly 60,000 trainable parameters: 156, 12, 1,516, 32, 48,120 and 10,164. (LeCun, Bottou,
    Bengio and Haffner, 1998, https://doi.org/10.1109/5.726791.)

    The modern net: rectified units, maximum pooling, a full C3 and a linear output layer, with
    61,706 parameters.

    Args:
        variant: of the net.
        classes: number of classes; the net of 1998 has codes for the ten digits only.
        padding: rows and columns of paper added at every edge: 2 makes 32 x 32 of 28 x 28.

    Raises:
        ValueError: the net of 1998 is asked for other classes than the ten digits.

    >>> net = lenet5()
    >>> sum(p.numel() for p in net.parameters()), [n.shape for n in net.nodes if n.name == "C3"]
    (60000, [(16, 10, 10)])
    """
    size = 32 - 2 * padding
    made = _of_1998 if variant == "1998" else _modern
    return Net([1, size, size], made(classes, padding))


def _of_1998(classes: int, padding: int) -> list[Any]:
    head: dict[str, Any] = {"type": "rbf", "name": "output", "scale": _SCALE}
    if classes != 10:
        raise UsageError(
            f"lenet5: the net of 1998 has codes for 10 digits, not for {classes} classes: take "
            "variant modern"
        )
    return [
        {"type": "zero_pad2d", "name": "padding", "padding": padding},
        {"name": "rescale", **_INPUT},
        {"type": "conv2d", "name": "C1", "out_channels": 6, "kernel_size": 5, **_START},
        SQUASH,
        {"type": "subsample2d", "name": "S2"},
        SQUASH,
        {"type": "table_conv2d", "name": "C3", "table": "lenet_c3", "kernel_size": 5},
        SQUASH,
        {"type": "subsample2d", "name": "S4"},
        SQUASH,
        {"type": "conv2d", "name": "C5", "out_channels": 120, "kernel_size": 5, **_START},
        SQUASH,
        "flatten",
        {"type": "linear", "name": "F6", "out_features": 84, **_START},
        SQUASH,
        head,
    ]


def _modern(classes: int, padding: int) -> list[Any]:
    def conv(name: str, maps: int, **settings: int) -> list[Any]:
        layer = {"type": "conv2d", "name": name, "out_channels": maps, "kernel_size": 5}
        return [{**layer, **settings}, "relu"]

    def dense(name: str, units: int) -> dict[str, Any]:
        return {"type": "linear", "name": name, "out_features": units}

    return [
        *conv("C1", 6, padding=padding),
        {"type": "max_pool2d", "name": "S2", "kernel_size": 2},
        *conv("C3", 16),
        {"type": "max_pool2d", "name": "S4", "kernel_size": 2},
        *conv("C5", 120),
        "flatten",
        dense("F6", 84),
        "relu",
        dense("output", classes),
    ]
