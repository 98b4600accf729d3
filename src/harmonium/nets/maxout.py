"""The maxout net: units that are the largest of several linear functions."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive, Share
from harmonium.connections.matrix import linear
from harmonium.nets.initial import Initial, first_weights
from harmonium.nets.layers import Layers, check_sizes, with_dropout
from harmonium.nets.rescaled import Rescaled

__all__ = ["Maxout", "MaxoutLayer"]


class MaxoutLayer(nn.Module):
    r"""Units that are the largest of several linear functions, ``(B, inputs) -> (B, outputs)``.

    .. math:: h_j(x) = \max_{m = 1 \dots M} \; w_{jm} \cdot x + b_{jm}

    Args:
        weights: initial weights of all pieces, ``(outputs * pieces, inputs)``, those of a unit
            one after the other.
        pieces: number M of linear functions of a unit.
    """

    def __init__(self, weights: Tensor, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces
        self.linear = linear(weights)

    def forward(self, x: Tensor) -> Tensor:
        """Activities, ``(B, inputs) -> (B, outputs)``."""
        values: Tensor = self.linear(x)
        return values.unflatten(1, (-1, self.pieces)).max(-1).values


@checked
class Maxout(Layers):
    r"""A multilayer net of maxout units, ``(B, inputs) -> (B, outputs)``.

    Every unit learns its own convex activation function, made of ``pieces`` straight lines; two
    pieces can be a ReLU or an absolute value. The last layer is linear, as that of ``nets.MLP``.
    Biases start at zero. (Goodfellow et al., 2013,
    https://proceedings.mlr.press/v28/goodfellow13.html.)

    Args:
        units: number of values of a row, units of every hidden layer, number of outputs.
        pieces: number of linear functions of a hidden unit.
        outputs: kind of the outputs: logits of classes, logits of independent probabilities, or
            real values.
        initial: rule for the initial weights, or their standard deviation
            (``nets.initial.first_weights``); "auto" is He's in the hidden layers.
        dropout: share of the units of every hidden layer that is switched off at random in
            training mode; or a sequence: the share of the inputs, then that of every hidden layer.

    Raises:
        ValueError: there are fewer than two sizes, there is no such rule for the weights, or a
            share is not in [0, 1).

    >>> import torch
    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = Maxout([64, 50, 10], pieces=3)
    >>> net(torch.zeros(5, 64, dtype=torch.float32)).shape, net.h1.linear.weight.shape
    (torch.Size([5, 10]), torch.Size([150, 64]))
    """

    def __init__(
        self,
        units: Sequence[Count],
        *,
        pieces: Count = 2,
        outputs: Literal["classes", "probabilities", "values"] = "classes",
        initial: Initial | Positive = "auto",
        dropout: Share | Sequence[Share] = 0.0,
    ) -> None:
        what = "give the values of a row, hidden layers if there are any, and outputs"
        sizes = check_sizes(units, kind="relu", slope=None, what=what)
        layers: dict[str, nn.Module] = {}
        for k, (inputs, size) in enumerate(zip(sizes[:-2], sizes[1:-1], strict=True), 1):
            weights = first_weights(size * pieces, inputs, initial=initial, activation="relu")
            layers[f"h{k}"] = MaxoutLayer(weights, int(pieces))
        layers["outputs"] = linear(first_weights(sizes[-1], sizes[-2], initial=initial))
        if outputs == "values":
            layers["rescaled"] = Rescaled(sizes[-1])
        super().__init__(OrderedDict(with_dropout(layers, dropout)))
        self.settings = {
            "units": list(sizes),
            "pieces": int(pieces),
            "outputs": outputs,
            "initial": initial,
            "dropout": [*dropout] if isinstance(dropout, Sequence) else float(dropout),
        }
