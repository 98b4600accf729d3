"""A small net of dilated convolutions for pictures of any size."""

from collections.abc import Sequence

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.nets.net import Net

__all__ = ["dilated_net"]


@checked
def dilated_net(
    shape: Sequence[Count] = (1, 28, 28),
    classes: Count = 10,
    *,
    factor: Positive = 1.9921875,
) -> Net:
    """Two dilated convolutions with pooling, without biases, ``(B, *shape) -> (B, classes)``.

    Convolutions of 32 and 64 maps with kernels of 3 x 3 at distance 2 keep the size of the maps,
    and pooling of 3 x 3 at stride 2 halves it, so that a picture of H x W ends in 64 maps of
    ceil(H / 4) x ceil(W / 4), each unit of which sees 19 x 19 values at stride 4. With C channels
    and n classes there are 288 C + 18,432 + 64 ceil(H / 4) ceil(W / 4) n parameters.

    The outputs are logits of independent logistic units: train it with the objective bernoulli.

    Args:
        shape: channels, rows and columns.
        classes: number of outputs.
        factor: of the inputs; the default makes 255 / 128 of white, which is 1 in the data.

    >>> sum(p.numel() for p in dilated_net((3, 32, 32)).parameters())
    60256
    """

    def conv(maps: int) -> list[object]:
        start = {"type": "kaiming_normal", "nonlinearity": "relu"}
        return [
            {
                "type": "conv2d",
                "out_channels": maps,
                "kernel_size": 3,
                "padding": 2,
                "dilation": 2,
                "bias": False,
                "initial": {"weight": start},
            },
            "relu",
            {"type": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1},
        ]

    head = {"type": "linear", "out_features": classes, "bias": False}
    layers: list[object] = [
        {"type": "rescale", "factor": factor},
        *conv(32),
        *conv(64),
        "flatten",
        {**head, "initial": {"weight": "xavier_uniform"}},
    ]
    return Net(shape, layers)  # type: ignore[arg-type]
