"""The codec: any net as encoder, a code, and any net as decoder."""

from typing import Any, TypeAlias

from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.errors import UsageError
from harmonium.nets.codes import Code, Point
from harmonium.nets.outputs import Outputs, as_rows, given_kind

__all__ = ["Codec", "Net", "Outputs"]

Net: TypeAlias = nn.Module
"""A net that is a part of another: it has ``units``, and its last layer is linear."""


@checked
class Codec(nn.Module):
    r"""A net that gives rows back through a code: the general form of every autoencoder.

    .. math:: z = e(x), \qquad c = \text{code}(z), \qquad \hat x = d(c)

    The encoder e maps a row of D values to w numbers, from which the code makes k; the decoder d
    maps them to D outputs, which ``outputs`` says how to read: the reconstruction itself, or its
    logits. ``nets.Autoencoder`` is the codec of mirrored dense layers.

    Args:
        encoder: net from rows to the w outputs that the code needs.
        decoder: net from the code's k numbers to a row.
        code: kind of the code; null for the outputs of the encoder themselves.
        outputs: kind of the values of a row: probabilities in [0, 1]; real values, or gaussian
            ones with standard deviations of their own; shares of counts; or mixed columns.

    Raises:
        ValueError: the sizes of encoder, code and decoder do not fit each other, or a part
            rescales its outputs.

    >>> import torch
    >>> from harmonium.nets import MLP
    >>> net = Codec(MLP([64, 100, 20]), MLP([20, 64]))
    >>> net.units, net.encode(torch.zeros(5, 64, dtype=torch.float32)).shape
    ((64, 100, 20), torch.Size([5, 20]))
    """

    def __init__(
        self,
        encoder: Net,
        decoder: Net,
        *,
        code: Code | None = None,
        outputs: Outputs = "probabilities",
    ) -> None:
        super().__init__()
        self.encoder: Any = encoder
        self.code = Point() if code is None else code
        self.decoder: Any = decoder
        self._outputs = str(outputs)
        self.settings: dict[str, Any] = {
            "encoder": encoder,
            "decoder": decoder,
            "code": code,
            "outputs": outputs,
        }
        self._check()
        given_kind(decoder, outputs, values=self.units[0])

    @property
    def output_kind(self) -> str:
        """Kind of the outputs; see ``nets.outputs.Outputs``."""
        return self._outputs

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, units of every layer of the encoder, numbers of the code."""
        return (*self.encoder.units[:-1], self.decoder.units[0])

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Shape of an example for an encoder that needs it, such as pictures; None: flat rows."""
        return getattr(self.encoder, "shape", None)

    def encode(self, x: Tensor) -> Tensor:
        """The code of every row, without randomness, ``(B, *shape) -> (B, k)``."""
        return self.code.point(self.encoder(x))

    def decode(self, c: Tensor) -> Tensor:
        """Rows from codes, ``(B, k) -> (B, D)``: probabilities in [0, 1], shares that sum to 1."""
        return as_rows(self.decoder, self.decoder(c), kind=self.output_kind)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruction, or its logits, ``(B, *shape) -> (B, D)``."""
        outputs: Tensor = self.decoder(self.code(self.encoder(x)))
        return outputs

    def reconstruct(self, x: Tensor) -> Tensor:
        """Decoded code of every row, ``(B, *shape) -> (B, D)``; shares times the row's total."""
        rows = self.decode(self.encode(x))
        return rows * x.flatten(1).sum(1, keepdim=True) if self.output_kind == "shares" else rows

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Hidden layer of the encoder -> its activities ``(B, units)``; the last is the code."""
        below = getattr(self.encoder, "activities", None)
        layers = {} if below is None else below(x)
        return {**layers, getattr(self.encoder, "top", "code"): self.encode(x)}

    def _check(self) -> None:
        for name, part in (("encoder", self.encoder), ("decoder", self.decoder)):
            if not hasattr(part, "units"):
                raise UsageError(
                    f"{name} {type(part).__name__} has no units: give it the values that it reads "
                    "and the units of every layer (see harmonium.nets)"
                )
            if getattr(part, "rescaled", None) is not None:
                raise UsageError(
                    f"{name}: its outputs are in the units of targets, and here they must be "
                    "linear: leave its setting `outputs` out, and set that of the codec"
                )
        rows, k = self.encoder.units[0], self.decoder.units[0]
        given, needed = self.encoder.units[-1], self.code.width(k)
        if given != needed:
            raise UsageError(
                f"the encoder gives {given} numbers, and a code of {k}, which the decoder reads, "
                f"needs {needed}: change the last size of the encoder or the first of the decoder"
            )
        if self.decoder.units[-1] != rows:
            raise UsageError(
                f"the decoder gives rows of {self.decoder.units[-1]} values, and the encoder "
                f"reads {rows}: make the last size of the decoder {rows}"
            )
