"""Dense layers one after the other, with first weights that fit their activation."""

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

    Weights are normal with ``first_std``; they come from the seed of the ``random.seeded`` around.
    Biases are zero.

    Args:
        sizes: values of the input, then units of every layer.
        names: of the layers; an activation has its layer's name and "_activation".
        kinds: the activation of every layer; "identity" adds no module.
        slope: of the activations; the identity has none.
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
    """The sizes of layers as numbers.

    Args:
        units: two numbers or more.
        kind: the activation of the hidden layers.
        slope: of the activation, if one is given.
        what: the remedy where there are too few.

    Raises:
        ValueError: there are too few, one is below 1, or the activation does not fit.
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
