"""The autoencoder: a net that reproduces its input through a code."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Literal

from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.nets.activations import Activation
from harmonium.nets.layers import check_sizes, dense_layers, layer_activities

__all__ = ["Autoencoder"]


@checked
class Autoencoder(nn.Module):
    r"""An encoder to the code, and a decoder with the same layers in reverse order.

    .. math:: c = e(x), \qquad \hat x = d(c), \qquad
              e: D \to \dots \to k, \quad d: k \to \dots \to D

    Hidden layers have the activation; the last layer is linear. Its outputs are the
    reconstruction itself, or its logits if the values are probabilities. With linear units and
    the squared error, the code spans the first k principal components (Baldi and Hornik, 1989,
    https://doi.org/10.1016/0893-6080(89)90014-2). Encoder and decoder have weights of their own.

    Args:
        units: number of values of a row, then units of every layer of the encoder; the last is
            the code.
        activation: of the hidden layers and the code.
        slope: of the activation; null for the default (``nets.activations.activation``).
        code: activation of the code: that of the hidden layers, or linear.
        outputs: kind of the values of a row: probabilities in [0, 1], or real values.

    Raises:
        ValueError: there are fewer than two sizes, or the activation has no slope.

    >>> import torch
    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = Autoencoder([64, 100, 20])
    >>> net.activities(torch.zeros(5, 64, dtype=torch.float32))["h2"].shape
    torch.Size([5, 20])
    """

    def __init__(
        self,
        units: Sequence[Count],
        *,
        activation: Activation = "relu",
        slope: Positive | None = None,
        code: Literal["activation", "linear"] = "activation",
        outputs: Literal["probabilities", "values"] = "probabilities",
    ) -> None:
        super().__init__()
        what = "give the values of a row and the units of a code"
        sizes = check_sizes(units, kind=activation, slope=slope, what=what)
        last = activation if code == "activation" else "identity"
        hidden = [activation] * (len(sizes) - 2)
        up = [f"h{k + 1}" for k in range(len(sizes) - 1)]
        down = [*(f"decoder_{k}" for k in range(len(sizes) - 2, 0, -1)), "outputs"]
        self.encoder = nn.Sequential(
            OrderedDict(dense_layers(sizes, names=up, kinds=[*hidden, last], slope=slope))
        )
        self.decoder = nn.Sequential(
            OrderedDict(
                dense_layers(sizes[::-1], names=down, kinds=[*hidden, "identity"], slope=slope)
            )
        )
        self.settings: dict[str, Any] = {
            "units": list(sizes),
            "activation": activation,
            "slope": None if slope is None else float(slope),
            "code": code,
            "outputs": outputs,
        }

    @property
    def output_kind(self) -> str:
        """Kind of the outputs: probabilities, as logits, or values."""
        return str(self.settings["outputs"])

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, then number of units of every layer of the encoder."""
        return tuple(self.settings["units"])

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruction, or its logits for probabilities, ``(B, D) -> (B, D)``."""
        return self.decoder(self.encoder(x))

    def reconstruct(self, x: Tensor) -> Tensor:
        """Reconstruction, ``(B, D) -> (B, D)``; probabilities lie in [0, 1]."""
        found: Tensor = self(x)
        return found.sigmoid() if self.output_kind == "probabilities" else found

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Layer of the encoder -> its activities ``(B, units)``; the last is the code."""
        return layer_activities(self.encoder, x)
