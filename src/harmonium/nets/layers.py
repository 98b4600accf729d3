"""Stacks of dense layers with initial weights that suit their activation."""

from collections.abc import Sequence

from torch import Tensor, nn

from harmonium.connections.matrix import linear
from harmonium.errors import UsageError
from harmonium.nets.activations import activation, first_std
from harmonium.random import initial

__all__ = ["check_sizes", "dense_layers", "layer_activities"]


def dense_layers(
    sizes: Sequence[int], *, names: Sequence[str], kinds: Sequence[str], slope: float | None
) -> dict[str, nn.Module]:
    """Name -> module of layers :math:`z = W x + b`, each followed by its activation.

    Initial weights are normal with standard deviation ``first_std``, drawn from the seed of the
    surrounding ``random.seeded``. Biases are zero.

    Args:
        sizes: number of values of the input, then units of every layer.
        names: of the layers; an activation has its layer's name and "_activation".
        kinds: the activation of every layer; "identity" adds no module.
        slope: of the activations; ignored by the identity.
    """
    found: dict[str, nn.Module] = {}
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    for (inputs, outputs), name, kind in zip(pairs, names, kinds, strict=True):
        own = None if kind == "identity" else slope
        std = first_std(kind, own, shape=(outputs, inputs))
        found[name] = linear(initial(outputs, inputs, std=std))
        if kind != "identity":
            found[f"{name}_activation"] = activation(kind, own)
    return found


def check_sizes(
    units: Sequence[int], *, kind: str, slope: float | None, what: str
) -> tuple[int, ...]:
    """Checks the sizes of layers and returns them as integers.

    Args:
        units: two numbers or more.
        kind: the activation of the hidden layers.
        slope: of the activation, or None.
        what: the remedy in the message if there are too few sizes.

    Raises:
        ValueError: there are too few sizes, a size is below 1, or the activation has no slope.
    """
    activation(kind, slope)
    sizes = tuple(map(int, units))
    if len(sizes) < 2 or min(sizes) < 1:
        raise UsageError(f"units are {list(sizes)}: {what}")
    return sizes


def layer_activities(net: nn.Sequential, x: Tensor) -> dict[str, Tensor]:
    """Layer of ``dense_layers`` -> its activities ``(B, units)``, the lowest first."""
    found: dict[str, Tensor] = {}
    for name, part in net.named_children():
        x = part(x)
        found[name.removesuffix("_activation")] = x
    return found
