"""A deep classifier with normalised layers and shortcuts, against gradients that vanish."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.errors import UsageError
from harmonium.nets.activations import Activation
from harmonium.nets.initial import Initial
from harmonium.nets.layers import check_sizes, dense_layers

__all__ = ["Deep"]


@checked
class Deep(nn.Module):
    r"""A multilayer perceptron with a choice of normalisation and shortcuts.

    .. math:: z_k = N(W_k a_{k-1} + b_k), \qquad a_0 = x, \qquad f(x) = W_L a_{L-1} + b_L

    N is the identity, batch or layer normalisation, and g the activation. The activities of
    hidden layer k depend on the shortcut:

    - none: :math:`a_k = g(z_k)`, the layer of ``nets.MLP``, with the same weights to the bit;
    - after: :math:`a_k = g(z_k) + a_{k-1}` where the two have the same size. The gradient has a
      way to the first layer on which it meets no slope and no weight;
    - before: :math:`a_k = g(z_k + a_{k-2})` for every second layer, where the two have the same
      size: the block of residual nets (He et al., 2016, https://arxiv.org/abs/1512.03385). The
      gradient still meets the slope of g once a block.

    Batch normalisation (Ioffe and Szegedy, 2015, https://arxiv.org/abs/1502.03167) takes mean and
    variance of a unit over the rows of a batch, layer normalisation (Ba et al., 2016,
    https://arxiv.org/abs/1607.06450) those of a row over the units of the layer.

    Args:
        units: number of values of a row, units of every hidden layer, number of classes.
        activation: of the hidden layers.
        slope: of the activation; null for the default (``nets.activations.activation``).
        initial: rule for the initial weights, or their standard deviation
            (``nets.initial.first_weights``).
        norm: normalisation of every hidden layer before its activation.
        residual: where the shortcut joins.

    Raises:
        ValueError: there are fewer than two sizes, the activation has no slope, there is no such
            rule for the weights, or batch normalisation is trained on a batch of one row.

    >>> import torch
    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = Deep([64, 30, 30, 10], norm="batch", residual="after").eval()
    >>> net(torch.zeros(5, 64, dtype=torch.float32)).shape
    torch.Size([5, 10])
    """

    output_kind = "classes"

    def __init__(
        self,
        units: Sequence[Count],
        *,
        activation: Activation = "relu",
        slope: Positive | None = None,
        initial: Initial | Positive = "auto",
        norm: Literal["none", "batch", "layer"] = "none",
        residual: Literal["none", "after", "before"] = "none",
    ) -> None:
        super().__init__()
        what = "give the values of a row, hidden layers if there are any, and classes"
        sizes = check_sizes(units, kind=activation, slope=slope, what=what)
        names = [f"h{k + 1}" for k in range(len(sizes) - 2)]
        kinds = [*[activation] * len(names), "identity"]
        layers = dense_layers(
            sizes, names=[*names, "outputs"], kinds=kinds, slope=slope, initial=initial
        )
        for name, part in layers.items():
            self.add_module(name, part)
            if norm != "none" and name in names:
                size: Any = part.out_features
                self.add_module(f"{name}_norm", _NORMS[norm](size, dtype=torch.float32))
        self.settings: dict[str, Any] = {
            "units": list(sizes),
            "activation": activation,
            "slope": None if slope is None else float(slope),
            "initial": initial,
            "norm": norm,
            "residual": residual,
        }

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, units of every hidden layer, number of classes."""
        return tuple(self.settings["units"])

    def forward(self, x: Tensor) -> Tensor:
        """Logits of the classes, ``(B, inputs) -> (B, classes)``."""
        *_, top = (x, *self.activities(x).values())
        logits: Tensor = self.get_submodule("outputs")(top)
        return logits

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Hidden layer -> its activities ``(B, units)`` with shortcuts, the lowest first."""
        return dict(self._hidden(x))

    def _hidden(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Name and activities of every hidden layer."""
        residual, parts = self.settings["residual"], dict(self.named_children())
        if self.training and self.settings["norm"] == "batch" and len(x) < 2:
            raise UsageError(
                "a batch of one row has no variance for batch normalisation: take a batch_size "
                "that leaves more than one row for the last batch, or norm: layer"
            )
        below = [x]
        for k in range(1, len(self.units) - 1):
            name = f"h{k}"
            z = parts[name](below[-1])
            if f"{name}_norm" in parts:
                z = parts[f"{name}_norm"](z)
            if residual == "before" and k > 2 and k % 2 and below[-2].shape == z.shape:
                z = z + below[-2]
            g = parts.get(f"{name}_activation")
            a = z if g is None else g(z)
            if residual == "after" and below[-1].shape == a.shape:
                a = a + below[-1]
            below.append(a)
            yield name, a


_NORMS: dict[str, Any] = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
