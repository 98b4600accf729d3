"""A net of seven layers whose second convolution reads some of the maps below."""

from typing import Literal

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.nets.net import Net

__all__ = ["seven_layer_net"]


@checked
def seven_layer_net(
    *,
    classes: Count = 10,
    hidden: Count = 100,
    pool: Literal["mean", "max"] = "max",
) -> Net:
    """Picture, convolution, subsampling, convolution by table, subsampling, and two dense layers.

    Maps of 28, 24, 12, 8 and 4 rows: 7 of them, then 9 by the table "cyclic_7x9"
    (``nets.tables``). The convolutions have 182 and 734 parameters, and 144 values reach the
    dense layers, ``(B, 1, 28, 28) -> (B, classes)``.

    Args:
        classes: number of outputs.
        hidden: units of the first dense layer.
        pool: what subsampling takes of a window.

    >>> net = seven_layer_net()
    >>> [sum(p.numel() for p in net.get_submodule(name).parameters()) for name in ("C1", "C3")]
    [182, 734]
    """
    subsample = {"type": "subsample2d", "pool": pool}
    return Net(
        [1, 28, 28],
        [
            {"type": "conv2d", "name": "C1", "out_channels": 7, "kernel_size": 5},
            "tanh",
            {**subsample, "name": "S2"},
            "tanh",
            {"type": "table_conv2d", "name": "C3", "table": "cyclic_7x9", "kernel_size": 5},
            "tanh",
            {**subsample, "name": "S4"},
            "tanh",
            "flatten",
            {"type": "linear", "name": "hidden", "out_features": hidden},
            "tanh",
            {"type": "linear", "name": "output", "out_features": classes},
        ],
    )
