"""Two stages of convolution and pooling: 4 maps, then 10."""

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.nets.net import Net

__all__ = ["two_stage_net"]


@checked
def two_stage_net(*, classes: Count = 10) -> Net:
    """Four kernels of 5 x 5, pooling, ten of 5 x 5, pooling, ``(B, 1, 28, 28) -> (B, classes)``.

    Maps of 28, 24, 12, 8 and 4 rows; the convolutions have 104 and 1,010 parameters, and 160
    features reach the output layer: 2,724 parameters with 10 classes.

    Args:
        classes: number of outputs.

    >>> sum(p.numel() for p in two_stage_net().parameters())
    2724
    """
    pool = {"type": "max_pool2d", "kernel_size": 2}
    return Net(
        [1, 28, 28],
        [
            {"type": "conv2d", "name": "conv1", "out_channels": 4, "kernel_size": 5},
            "relu",
            {**pool, "name": "pool1"},
            {"type": "conv2d", "name": "conv2", "out_channels": 10, "kernel_size": 5},
            "relu",
            {**pool, "name": "pool2"},
            "flatten",
            {"type": "linear", "name": "output", "out_features": classes},
        ],
    )
