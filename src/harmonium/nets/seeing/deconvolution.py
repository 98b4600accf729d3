"""The deconvolution view: what in a picture made a unit active."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from harmonium.errors import UsageError
from harmonium.nets.seeing.maps import outputs_of

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
    with torch.enable_grad(), _RectifiedSignals():
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


class _Rectified(torch.autograd.Function):
    """max(x, 0), whose backward pass is max(signal, 0)."""

    @staticmethod
    def forward(_: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        return x.clamp(min=0)

    @staticmethod
    def backward(_: Any, signal: Tensor) -> Tensor:  # noqa: ANN401
        return signal.clamp(min=0)


_RELU = {
    functional.relu,
    functional.relu_,
    torch.relu,
    torch.relu_,
    Tensor.relu,
    Tensor.relu_,
}


class _RectifiedSignals(TorchFunctionMode):
    """Within it, every rectified unit passes signals backward as the deconvolution view does."""

    def __torch_function__(  # noqa: PLR0917
        self,
        function: Any,  # noqa: ANN401
        types: Any,  # noqa: ANN401
        args: Any = (),  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Calls a function of torch, with own rectified units."""
        if function in _RELU:
            return _Rectified.apply(args[0] if args else kwargs["input"])
        return function(*args, **(kwargs or {}))
