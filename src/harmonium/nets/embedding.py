"""The embedding: a net whose outputs are codes, such that near means similar."""

from collections import OrderedDict
from collections.abc import Sequence

from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive, Share
from harmonium.nets.activations import Activation
from harmonium.nets.initial import Initial
from harmonium.nets.layers import (
    Layers,
    check_sizes,
    dense_layers,
    layer_activities,
    with_dropout,
)

__all__ = ["Embedding"]


@checked
class Embedding(Layers):
    r"""Dense layers that end in a linear code, ``(B, D) -> (B, k)``.

    .. math:: h_0 = x, \qquad h_l = g(W_l h_{l-1} + b_l), \qquad z = W_L h_{L-1} + b_L

    Without hidden layers it is a linear map, that of neighbourhood components analysis. The stage
    ``similarity`` trains it, by the objective ``nca`` or ``triplet``.

    Args:
        units: number of values of a row, units of every hidden layer, size of the code.
        activation: of the hidden layers.
        slope: of the activation; null for the default (``nets.activations.activation``).
        initial: rule for the initial weights, or their standard deviation
            (``nets.initial.first_weights``).
        dropout: share of the units of every hidden layer that is switched off at random in
            training mode; or a sequence: the share of the inputs, then that of every hidden layer.

    Raises:
        ValueError: there are fewer than two sizes, the activation has no slope, there is no such
            rule for the weights, or a share is not in [0, 1).

    >>> import torch
    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = Embedding([64, 100, 2])
    >>> net(torch.zeros(5, 64, dtype=torch.float32)).shape
    torch.Size([5, 2])
    """

    def __init__(
        self,
        units: Sequence[Count],
        *,
        activation: Activation = "relu",
        slope: Positive | None = None,
        initial: Initial | Positive = "auto",
        dropout: Share | Sequence[Share] = 0.0,
    ) -> None:
        what = "give the values of a row, hidden layers if there are any, and the size of the code"
        sizes = check_sizes(units, kind=activation, slope=slope, what=what)
        hidden = len(sizes) - 2
        names = [*(f"h{k + 1}" for k in range(hidden)), "code"]
        kinds = [*[activation] * hidden, "identity"]
        layers = dense_layers(sizes, names=names, kinds=kinds, slope=slope, initial=initial)
        super().__init__(OrderedDict(with_dropout(layers, dropout)))
        self.settings = {
            "units": list(sizes),
            "activation": activation,
            "slope": None if slope is None else float(slope),
            "initial": initial,
            "dropout": [*dropout] if isinstance(dropout, Sequence) else float(dropout),
        }

    @property
    def output_kind(self) -> str:
        """Kind of the outputs: codes."""
        return "codes"

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Layer -> its activities ``(B, units)``, the lowest first; the last is the code."""
        return layer_activities(self, x)
