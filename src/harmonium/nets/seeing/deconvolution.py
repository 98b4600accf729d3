"""The deconvolution view: what in a picture made a unit active."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.nets.seeing.maps import outputs_of
from harmonium.nets.seeing.rectifiers import Rectifiers, rectified_signals

__all__ = ["deconvolution"]


def deconvolution(net: nn.Module, pictures: Tensor, *, layer: str, units: Tensor) -> Tensor:
    """Projects the strongest activity of a map back to the pixels, ``(B, *shape)``.

    All other activities of the layer are set to zero. Then the signal goes down: through max
    pooling to the place that won (the switches), through rectified units by rectifying the signal
    itself, through convolutions by the transposed kernels. Mean pooling and normalisation pass it
    as their gradient does, and other activation functions with their slope. (Zeiler and Fergus,
    2014, https://arxiv.org/abs/1311.2901.)

    Args:
        net: reads the pictures.
        pictures: ``(B, channels, height, width)``.
        layer: name of a layer of maps, or of values.
        units: the map of each picture, ``(B,)``, int64.

    Raises:
        ValueError: there is no such layer or unit.
    """
    x = pictures.detach().requires_grad_()
    with torch.enable_grad(), Rectifiers(rectified_signals):
        h = outputs_of(net, x, layers=[layer])[layer]
    flat = h.detach().flatten(2) if h.ndim == 4 else h.detach()[:, :, None]
    if bool((units < 0).any()) or bool((units >= flat.shape[1]).any()):
        raise UsageError(f"layer {layer} has units 0 to {flat.shape[1] - 1}, not {units.tolist()}")
    row = torch.arange(len(x), device=x.device)
    best = flat[row, units].max(1)
    signal = torch.zeros_like(flat)
    signal[row, units, best.indices] = best.values
    (back,) = torch.autograd.grad(h, x, signal.reshape(h.shape))
    return back
