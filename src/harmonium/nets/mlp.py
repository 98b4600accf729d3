"""The multilayer perceptron: dense layers, each followed by a nonlinearity."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive, Share
from harmonium.nets.activations import Activation
from harmonium.nets.initial import Initial
from harmonium.nets.layers import Layers, check_sizes, dense_layers, with_dropout
from harmonium.nets.rescaled import Rescaled

__all__ = ["MLP"]


@checked
class MLP(Layers):
    r"""A multilayer perceptron, ``(B, inputs) -> (B, outputs)``.

    .. math:: h_0 = x, \qquad h_k = g(W_k h_{k-1} + b_k), \qquad f(x) = W_L h_{L-1} + b_L

    The last layer is linear. Its outputs are logits, or real values, which a final module
    converts to the units of the targets (``nets.rescaled.Rescaled``). Initial weights are drawn
    from the seed of the surrounding ``random.seeded``; biases start at zero. (Rumelhart, Hinton
    and Williams, 1986, https://doi.org/10.1038/323533a0.)

    Args:
        units: number of values of a row, units of every hidden layer, number of outputs.
        activation: of the hidden layers.
        slope: of the activation; null for the default (``nets.activations.activation``).
        outputs: kind of the outputs: logits of classes, of which a row has one; logits of
            probabilities that are independent, such as those of labels of which a row may have
            several; or real values.
        initial: rule for the initial weights, or their standard deviation
            (``nets.initial.first_weights``).
        dropout: share of the units of every hidden layer that is switched off at random in
            training mode; or a sequence: the share of the inputs, then that of every hidden layer.

    Raises:
        ValueError: there are fewer than two sizes, the activation has no slope, or there is no
            such rule for the weights, or a share is not in [0, 1).

    >>> import torch
    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = MLP([64, 100, 10], activation="tanh")
    >>> net(torch.zeros(5, 64, dtype=torch.float32)).shape
    torch.Size([5, 10])
    """

    def __init__(
        self,
        units: Sequence[Count],
        *,
        activation: Activation = "relu",
        slope: Positive | None = None,
        outputs: Literal["classes", "probabilities", "values"] = "classes",
        initial: Initial | Positive = "auto",
        dropout: Share | Sequence[Share] = 0.0,
    ) -> None:
        what = "give the values of a row, hidden layers if there are any, and outputs"
        sizes = check_sizes(units, kind=activation, slope=slope, what=what)
        hidden = len(sizes) - 2
        names = [*(f"h{k + 1}" for k in range(hidden)), "outputs"]
        kinds = [*[activation] * hidden, "identity"]
        layers = with_dropout(
            dense_layers(sizes, names=names, kinds=kinds, slope=slope, initial=initial), dropout
        )
        if outputs == "values":
            layers["rescaled"] = Rescaled(sizes[-1])
        super().__init__(OrderedDict(layers))
        self.settings = {
            "units": list(sizes),
            "activation": activation,
            "slope": None if slope is None else float(slope),
            "outputs": outputs,
            "initial": initial,
            "dropout": [*dropout] if isinstance(dropout, Sequence) else float(dropout),
        }
