"""The multilayer perceptron: dense layers, each followed by a nonlinearity."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Literal

from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.nets.activations import Activation
from harmonium.nets.layers import check_sizes, dense_layers, layer_activities
from harmonium.nets.rescaled import Rescaled

__all__ = ["MLP"]


@checked
class MLP(nn.Sequential):
    r"""A multilayer perceptron, ``(B, inputs) -> (B, outputs)``.

    .. math:: h_0 = x, \qquad h_k = g(W_k h_{k-1} + b_k), \qquad f(x) = W_L h_{L-1} + b_L

    The last layer is linear. Its outputs are logits of classes, or real values, which a final
    module converts to the units of the targets (``nets.rescaled.Rescaled``). Initial weights
    are Glorot's or He's, depending on the activation (``nets.activations.first_std``), drawn
    from the seed of the surrounding ``random.seeded``; biases start at zero. (Rumelhart, Hinton
    and Williams, 1986, https://doi.org/10.1038/323533a0.)

    Args:
        units: number of values of a row, units of every hidden layer, number of outputs.
        activation: of the hidden layers.
        slope: of the activation; null for the default (``nets.activations.activation``).
        outputs: kind of the outputs: logits of classes, or real values.

    Raises:
        ValueError: there are fewer than two sizes, or the activation has no slope.

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
        outputs: Literal["classes", "values"] = "classes",
    ) -> None:
        what = "give the values of a row, hidden layers if there are any, and outputs"
        sizes = check_sizes(units, kind=activation, slope=slope, what=what)
        hidden = len(sizes) - 2
        names = [*(f"h{k + 1}" for k in range(hidden)), "outputs"]
        kinds = [*[activation] * hidden, "identity"]
        layers = dense_layers(sizes, names=names, kinds=kinds, slope=slope)
        if outputs == "values":
            layers["rescaled"] = Rescaled(sizes[-1])
        super().__init__(OrderedDict(layers))
        self.settings: dict[str, Any] = {
            "units": list(sizes),
            "activation": activation,
            "slope": None if slope is None else float(slope),
            "outputs": outputs,
        }

    def __getitem__(self, idx: Any) -> Any:  # noqa: ANN401
        """Returns a module; a slice is a plain ``nn.Sequential``, such as all but the head."""
        if isinstance(idx, slice):
            return nn.Sequential(OrderedDict(list(self.named_children())[idx]))
        return super().__getitem__(idx)

    @property
    def output_kind(self) -> str:
        """Kind of the outputs: classes or values."""
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
