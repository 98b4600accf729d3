"""The order of pictures in memory in which convolutions learn fastest."""

import torch
from torch import Tensor

__all__ = ["interleaved"]


def interleaved(x: Tensor) -> Tensor:
    """Pictures with the channels of each pixel side by side in memory; other tensors as they are.

    Values and shape stay the same. Layers of convolution pass this order on, and in it an update
    of a convolutional net takes three quarters of the time on a processor
    (``benchmarks/convnet.py``). Of one channel both orders are the same, and only the strides
    tell torch which is meant.

    Args:
        x: ``(B, C, H, W)``, or any other tensor.

    >>> [interleaved(torch.zeros(2, channels, 4, 5)).stride() for channels in (1, 3)]
    [(20, 1, 5, 1), (60, 1, 15, 3)]
    """
    if x.ndim != 4:
        return x
    if x.shape[1] == 1:
        return x.contiguous().squeeze(1).unsqueeze(-1).movedim(-1, 1)
    return x.contiguous(memory_format=torch.channels_last)
