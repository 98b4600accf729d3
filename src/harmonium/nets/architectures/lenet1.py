"""LeNet-1: the first of the line, two convolutions and two subsamplings below the outputs."""

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.nets.net import Net

__all__ = ["lenet1"]


@checked
def lenet1(*, classes: Count = 10) -> Net:
    """LeNet-1 for grey pictures of 28 x 28 values, ``(B, 1, 28, 28) -> (B, classes)``.

    Maps of 4 x 24 x 24, 4 x 12 x 12, 12 x 8 x 8 and 12 x 4 x 4 below the outputs. The 12 maps read
    one or two of the 4 below, by 20 kernels in all. With 10 classes it has 2,578 parameters:
    104, 8, 512, 24 and 1,930. (LeCun et al., 1990, Handwritten digit recognition with a
    back-propagation network.) With 26 classes it is the net for letters of LeCun and Bengio
    (1995, Convolutional networks for images, speech, and time series), of 5,666 parameters.

    The outputs are logits; the nets of that time had squashed outputs and the squared error.

    Args:
        classes: number of outputs.

    >>> sum(p.numel() for p in lenet1().parameters())
    2578
    """
    squash = "scaled_tanh"
    return Net(
        [1, 28, 28],
        [
            {"type": "rescale", "name": "rescale", "factor": 2.0, "shift": -1.0},
            {"type": "conv2d", "name": "H1", "out_channels": 4, "kernel_size": 5},
            squash,
            {"type": "subsample2d", "name": "H2"},
            squash,
            {"type": "table_conv2d", "name": "H3", "table": "lenet1_h3", "kernel_size": 5},
            squash,
            {"type": "subsample2d", "name": "H4"},
            squash,
            {"type": "conv2d", "name": "output", "out_channels": classes, "kernel_size": 4},
            "flatten",
        ],
    )
