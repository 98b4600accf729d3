"""The autoencoder of dense layers: a decoder with the layers of the encoder in reverse order."""

from collections.abc import Sequence
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.errors import UsageError
from harmonium.nets.activations import Activation
from harmonium.nets.codec import Codec
from harmonium.nets.codes import Code
from harmonium.nets.layers import Stack, check_sizes, dense_layers
from harmonium.nets.outputs import Outputs
from harmonium.nets.tied import Tied

__all__ = ["Autoencoder"]


@checked
class Autoencoder(Codec):
    r"""An encoder to the code, and a decoder with the same layers in reverse order.

    .. math:: c = e(x), \qquad \hat x = d(c), \qquad
              e: D \to \dots \to k, \quad d: k \to \dots \to D

    Hidden layers have the activation; the last layer is linear. Its outputs are the
    reconstruction itself, or its logits (``nets.outputs``). With linear units and
    the squared error, the code spans the first k principal components (Baldi and Hornik, 1989,
    https://doi.org/10.1016/0893-6080(89)90014-2).

    The decoder has weights of its own, or those of the encoder, transposed (``nets.tied``): then
    :math:`c = f(W x + b)` and :math:`\hat x = W^T c + b'` for one layer. A code of more numbers
    than a row has is of use only with a constraint: noise, a penalty or few numbers kept
    (``nets.codes.KSparse``); without, the net may copy its rows.

    Args:
        units: number of values of a row, then units of every layer of the encoder; the last is
            the code.
        activation: of the hidden layers and the code.
        slope: of the activation; null for the default (``nets.activations.activation``).
        code: activation of the code: that of the hidden layers, or linear; or a kind of code,
            before which the encoder is linear.
        outputs: kind of the values of a row, as of a ``Codec``.
        tied: whether the decoder has the encoder's weights, transposed, and only biases of its
            own.

    Raises:
        ValueError: there are fewer than two sizes, the activation has no slope, or weights are
            tied though the code needs several outputs of the encoder for each of its numbers.

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
        tied: bool = False,
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
        if tied and encoded != sizes:
            raise UsageError(
                f"tied: the code needs {encoded[-1]} outputs of the encoder for {sizes[-1]} "
                "numbers, which no transposed layer reads: leave tied out, or take another code"
            )
        decoder = dense_layers(sizes[::-1], names=down, kinds=[*hidden, "identity"], slope=slope)
        if tied:
            for below, name in zip(reversed(up), down, strict=True):
                decoder[name] = Tied(cast(nn.Linear, encoder[below]))
        super().__init__(Stack(encoder), Stack(decoder), code=kind, outputs=outputs)
        self.settings: dict[str, Any] = {
            "units": list(sizes),
            "activation": activation,
            "slope": None if slope is None else float(slope),
            "code": code,
            "outputs": outputs,
            "tied": tied,
        }

    @torch.no_grad()
    def below(self, x: Tensor, index: int) -> Tensor:
        """What layer ``index`` of the encoder reads, from 0: the activities of the layer below.

        Args:
            x: rows ``(B, D)``.
            index: of the layer.
        """
        return x if index == 0 else [*self.encoder.activities(x).values()][index - 1]

    def layer(self, index: int) -> Codec:
        """One layer of the encoder and its mirror image in the decoder as a codec of their own.

        The modules are those of this net, not copies. Where the layer reads the activities of
        logistic units, the codec gives back probabilities; elsewhere values.

        Args:
            index: of the layer of the encoder, from 0.
        """
        up = _layers(self.encoder)[index]
        (name, linear), *function = _layers(self.decoder)[-1 - index].items()
        logistic = self.settings["activation"] == "logistic"
        outputs: Outputs = "probabilities" if logistic else "values"
        return Codec(
            Stack(up),
            Stack({name: linear, **({} if logistic else dict(function))}),
            code=self.code if index == len(self.units) - 2 else None,
            outputs=outputs if index else self.settings["outputs"],
        )


def _layers(stack: Stack) -> list[dict[str, nn.Module]]:
    """The linear layers of a stack, each with its activation, the lowest first."""
    parts = dict(stack.named_children())
    return [
        {name: part for name, part in parts.items() if name in (layer, f"{layer}_activation")}
        for layer in stack.dense
    ]
