"""Stacks of dense layers with initial weights that suit their activation."""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from harmonium.ambient import room
from harmonium.bounds import Positive, Share
from harmonium.connections.matrix import linear
from harmonium.errors import UsageError
from harmonium.nets.activations import activation
from harmonium.nets.dropout import Dropout
from harmonium.nets.initial import Initial, check_initial, first_weights
from harmonium.nets.tied import Tied

__all__ = [
    "Layers",
    "Stack",
    "check_sizes",
    "dense_layers",
    "layer_activities",
    "with_dropout",
]


def dense_layers(
    sizes: Sequence[int],
    *,
    names: Sequence[str],
    kinds: Sequence[str],
    slope: float | None,
    initial: Initial | Positive = "auto",
) -> dict[str, nn.Module]:
    """Name -> module of layers :math:`z = W x + b`, each followed by its activation.

    Initial weights are those of ``first_weights``, drawn from the seed of the surrounding
    ``random.seeded``. Biases are zero.

    Args:
        sizes: number of values of the input, then units of every layer.
        names: of the layers; an activation has its layer's name and "_activation".
        kinds: the activation of every layer; "identity" adds no module.
        slope: of the activations; ignored by the identity.
        initial: rule for the initial weights, or their standard deviation.

    Raises:
        ValueError: the weights do not fit into free memory.
    """
    check_initial(initial)
    count = sum(below * above for below, above in zip(sizes[:-1], sizes[1:], strict=True))
    room(4 * count, f"learning layers of {' x '.join(map(str, sizes))} units")  # with Adam
    found: dict[str, nn.Module] = {}
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    for (inputs, outputs), name, kind in zip(pairs, names, kinds, strict=True):
        own = None if kind == "identity" else slope
        weights = first_weights(outputs, inputs, initial=initial, activation=kind, slope=own)
        found[name] = linear(weights)
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


def with_dropout(
    layers: Mapping[str, nn.Module], dropout: Share | Sequence[Share]
) -> dict[str, nn.Module]:
    """Adds a ``Dropout`` for the inputs and for every hidden layer whose share is above 0.

    Args:
        layers: hidden layers "h1", "h2" ... with their activations, and whatever follows them.
        dropout: the share of every hidden layer; or a share of the inputs, then one of every
            hidden layer.

    Returns:
        The layers, with "x_dropout" first and "h1_dropout" after the first layer's activation.

    Raises:
        ValueError: the number of shares differs from one more than that of hidden layers, or a
            share is not in [0, 1).
    """
    hidden = [name for name in layers if re.fullmatch(r"h\d+", name)]
    if isinstance(dropout, Sequence):
        shares = [float(share) for share in dropout]
    else:
        shares = [0.0, *[float(dropout)] * len(hidden)]
    if len(shares) != len(hidden) + 1:
        raise UsageError(
            f"dropout has {len(shares)} shares, and the net has inputs and {len(hidden)} hidden "
            f"layers: give {len(hidden) + 1} shares, or one number for all hidden layers"
        )
    of = dict(zip(["x", *hidden], shares, strict=True))
    extended: dict[str, nn.Module] = {"x_dropout": Dropout(of["x"])} if of["x"] else {}
    for name, part in layers.items():
        extended[name] = part
        owner = name.removesuffix("_activation")
        if of.get(owner) and f"{name}_activation" not in layers:
            extended[f"{owner}_dropout"] = Dropout(of[owner])
    return extended


def layer_activities(net: nn.Sequential, x: Tensor) -> dict[str, Tensor]:
    """Layer of ``dense_layers`` -> its activities ``(B, units)``, the lowest first."""
    found: dict[str, Tensor] = {}
    for name, part in net.named_children():
        x = part(x)
        if isinstance(part, Dropout):
            continue  # in training mode too, activities are those before dropout
        found[name.removesuffix("_activation")] = x
    return found


class Layers(nn.Sequential):
    """Base class of nets of hidden layers "h1", "h2" ... and a linear layer "outputs".

    Its ``settings`` have "units" and "outputs"; a net of real values ends with ``Rescaled``.
    """

    settings: dict[str, Any]

    def __getitem__(self, idx: Any) -> Any:  # noqa: ANN401
        """Returns a module; a slice is a plain ``nn.Sequential``, such as all but the head."""
        if isinstance(idx, slice):
            return nn.Sequential(OrderedDict(list(self.named_children())[idx]))
        return super().__getitem__(idx)

    @property
    def output_kind(self) -> str:
        """Kind of the outputs: classes, probabilities (as logits) or values."""
        return str(self.settings["outputs"])

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, units of every hidden layer, number of outputs."""
        return tuple(self.settings["units"])

    @property
    def scale(self) -> Tensor | None:
        """Standard deviations of the targets, ``(outputs,)``; None for classes."""
        part = getattr(self, "rescaled", None)
        return None if part is None else part.scale

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Hidden layer -> its activities ``(B, units)``, the lowest first."""
        names = [*dict(self.named_children())]
        return layer_activities(self[: names.index("outputs")], x)


class Stack(nn.Sequential):
    """Dense layers, such as the encoder or the decoder of an autoencoder.

    Args:
        layers: of ``dense_layers``.
    """

    def __init__(self, layers: Mapping[str, nn.Module]) -> None:
        super().__init__(OrderedDict(layers))

    def __getitem__(self, idx: Any) -> Any:  # noqa: ANN401
        """Returns a module; a slice is a plain ``nn.Sequential``."""
        if isinstance(idx, slice):
            return nn.Sequential(OrderedDict(list(self.named_children())[idx]))
        return super().__getitem__(idx)

    @property
    def dense(self) -> dict[str, nn.Linear | Tied]:
        """Name -> linear layer, the lowest first."""
        kinds = nn.Linear, Tied
        return {n: part for n, part in self.named_children() if isinstance(part, kinds)}

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values that it reads, then units of every layer."""
        layers = [*self.dense.values()]
        return (layers[0].in_features, *(layer.out_features for layer in layers))

    @property
    def top(self) -> str:
        """Name of the last layer."""
        return [*self.dense][-1]

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Layer -> its activities ``(B, units)``, the lowest first, without the last layer."""
        return layer_activities(self[: [*dict(self.named_children())].index(self.top)], x)
