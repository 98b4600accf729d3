"""The autoencoder of dense layers: a decoder with the layers of the encoder in reverse order."""

from collections.abc import Sequence
from typing import Literal

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.nets.activations import Activation
from harmonium.nets.codec import Codec
from harmonium.nets.codes import Code
from harmonium.nets.layers import Stack, check_sizes, dense_layers
from harmonium.nets.outputs import Outputs

__all__ = ["Autoencoder"]


@checked
class Autoencoder(Codec):
    r"""An encoder to the code, and a decoder with the same layers in reverse order.

    .. math:: c = e(x), \qquad \hat x = d(c), \qquad
              e: D \to \dots \to k, \quad d: k \to \dots \to D

    Hidden layers have the activation; the last layer is linear. Its outputs are the
    reconstruction itself, or its logits (``nets.outputs``). With linear units and
    the squared error, the code spans the first k principal components (Baldi and Hornik, 1989,
    https://doi.org/10.1016/0893-6080(89)90014-2). Encoder and decoder have weights of their own.

    Args:
        units: number of values of a row, then units of every layer of the encoder; the last is
            the code.
        activation: of the hidden layers and the code.
        slope: of the activation; null for the default (``nets.activations.activation``).
        code: activation of the code: that of the hidden layers, or linear; or a kind of code,
            before which the encoder is linear.
        outputs: kind of the values of a row, as of a ``Codec``.

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
        code: Literal["activation", "linear"] | Code = "activation",
        outputs: Outputs = "probabilities",
    ) -> None:
        what = "give the values of a row and the units of a code"
        sizes = check_sizes(units, kind=activation, slope=slope, what=what)
        kind = code if isinstance(code, Code) else None
        last = activation if code == "activation" else "identity"
        hidden = [activation] * (len(sizes) - 2)
        up = [f"h{k + 1}" for k in range(len(sizes) - 1)]
        down = [*(f"decoder_{k}" for k in range(len(sizes) - 2, 0, -1)), "outputs"]
        encoded = (*sizes[:-1], sizes[-1] if kind is None else kind.width(sizes[-1]))
        encoder = dense_layers(encoded, names=up, kinds=[*hidden, last], slope=slope)
        decoder = dense_layers(sizes[::-1], names=down, kinds=[*hidden, "identity"], slope=slope)
        super().__init__(Stack(encoder), Stack(decoder), code=kind, outputs=outputs)
        self.settings = {
            "units": list(sizes),
            "activation": activation,
            "slope": None if slope is None else float(slope),
            "code": code,
            "outputs": outputs,
        }
