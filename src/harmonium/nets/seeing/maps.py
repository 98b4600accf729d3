"""Activities of the layers of a net as maps."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError

__all__ = [
    "activation_maps",
    "convolutions",
    "evaluating",
    "first_kernels",
    "outputs_of",
    "stages",
]


def convolutions(net: nn.Module) -> tuple[str, ...]:
    """Names of the layers of a net whose weights are kernels of pictures, in order.

    >>> convolutions(nn.Sequential(nn.Conv2d(1, 4, 3, device="meta"), nn.ReLU()))
    ('0',)
    """
    return tuple(name for name, part in net.named_modules() if _kernels(part) is not None)


def first_kernels(net: nn.Module) -> Tensor:
    """Kernels of the first convolution of a net, ``(maps, channels, a, b)``.

    Raises:
        ValueError: the net has no convolution.
    """
    for part in net.modules():
        kernels = _kernels(part)
        if kernels is not None:
            return kernels.detach()
    raise UsageError("the net has no layer of convolutions: add a conv2d layer")


def activation_maps(
    net: nn.Module, pictures: Tensor, *, layers: Collection[str] | None = None
) -> dict[str, Tensor]:
    """Maps of layers for pictures, ``(B, maps, rows, columns)``, in the order of the forward pass.

    Args:
        net: reads the pictures.
        pictures: ``(B, *shape)``.
        layers: names of modules; None for every module without parts of its own that gives maps.

    Raises:
        ValueError: there is no such layer, or its outputs are no maps.
    """
    if layers is None:
        wanted = [name for name, part in net.named_modules() if not [*part.children()]]
    else:
        wanted = list(layers)
    with torch.no_grad():
        found = outputs_of(net, pictures, layers=wanted)
    maps = {name: h for name, h in found.items() if h.ndim == 4}
    if layers is not None and (flat := [name for name in wanted if name not in maps]):
        there = ", ".join(activation_maps(net, pictures))
        raise UsageError(f"layer {flat[0]} gives no maps: choose from {there}")
    return maps


def stages(net: nn.Module, picture: Tensor) -> tuple[str, ...]:
    """Names of the layers after which the maps get another shape, and of the last layer of maps.

    After a convolution, its normalisation and its activation function, this is the last of them.
    Maps of a single place are left out.

    Args:
        net: reads the picture.
        picture: ``(*shape)``.
    """
    maps = list(activation_maps(net, picture[None]).items())
    last = [k + 1 == len(maps) or maps[k + 1][1].shape != h.shape for k, (_, h) in enumerate(maps)]
    return tuple(
        name
        for (name, h), ends in zip(maps, last, strict=True)
        if ends and h.shape[2] * h.shape[3] > 1
    )


def outputs_of(net: nn.Module, pictures: Tensor, *, layers: Collection[str]) -> dict[str, Tensor]:
    """Outputs of the named modules, in the order of the forward pass; gradients can flow.

    Of a module that is used several times, the output of its first use.

    Raises:
        ValueError: there is no such module, or the forward pass does not use it.
    """
    parts = dict(net.named_modules())
    found: dict[str, Tensor] = {}
    for name in layers:
        if name not in parts:
            named = ", ".join(key for key in parts if key)
            raise UsageError(f"no layer {name!r}: choose from {named}")

    def keep(name: str) -> Any:  # noqa: ANN401
        def hook(_: nn.Module, *call: Any) -> None:  # noqa: ANN401
            output = call[-1]
            if isinstance(output, Tensor) and name not in found:
                found[name] = output.clone()  # a later module may change it in place

        return hook

    with ExitStack() as hooks, evaluating(net):
        for name in layers:
            handle = parts[name].register_forward_hook(keep(name))
            hooks.callback(handle.remove)
        net(pictures)
    return found


@contextmanager
def evaluating(net: nn.Module) -> Iterator[None]:
    """Sets a net to evaluation mode; afterwards every module has the mode that it had."""
    modes = {part: part.training for part in net.modules()}
    net.eval()
    try:
        yield
    finally:
        for part, mode in modes.items():
            part.training = mode


def _kernels(part: nn.Module) -> Tensor | None:
    """Own weights of a module if they are kernels of pictures, otherwise None."""
    weight = part._parameters.get("weight")
    return weight if weight is not None and weight.ndim == 4 else None
