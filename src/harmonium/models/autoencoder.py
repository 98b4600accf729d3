"""An autoencoder as a model."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from harmonium.bridge import unroll
from harmonium.data import Rows
from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel, first_filters
from harmonium.nets import Codec
from harmonium.nets.codes import Point

__all__ = ["AutoencoderModel"]


class AutoencoderModel(NetModel):
    """A codec, such as an autoencoder: it reproduces the column "x" through a code.

    Args:
        net: ``(B, *shape) -> (B, D)``; shared, not copied.
    """

    net: Codec

    def __init__(self, net: Codec) -> None:
        super().__init__(net)
        if (shape := _small(net)) is not None:
            self.small = shape

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Activities of the encoder's layers, ``(B, units)``; the last is the code."""
        return self.net.activities(batch["x"])

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """Decoded codes of the rows, in the rows' shape."""
        x = batch["x"]
        return {"the code": {"x": self.net.reconstruct(x).reshape(x.shape)}}

    @torch.no_grad()
    def decode(self, codes: Tensor) -> Batch:
        """Rows with these codes, ``(n, k) -> (n, D)``.

        Raises:
            ValueError: the codes have another size than that of the net.
        """
        needed = self.sizes[-1]
        if codes.ndim != 2 or codes.shape[1] != needed:
            raise UsageError(
                f"codes of shape {tuple(codes.shape)}, but a code of the net has {needed} "
                f"numbers: give (n, {needed})"
            )
        return {"x": self.net.decode(codes)}

    def unrolled(self, outputs: int, rows: Rows | None = None) -> nn.Sequential:
        """A net of the encoder and a new output layer; see ``bridge.unroll``."""
        del rows
        return unroll(self.net, outputs=outputs)

    def filters(self) -> dict[str, Tensor]:
        """Weights of the encoder's first layer, or what a net without such a layer says."""
        own: Callable[[], dict[str, Tensor]] | None = getattr(self.net, "filters", None)
        return first_filters(self.net) if own is None else own()


def _small(net: Codec) -> tuple[int, ...] | None:
    """Shape of the code where it is a picture made small by layers that learn nothing."""
    large, small = (tuple(getattr(n, "shape", ())) for n in (net.encoder, net.decoder))
    pictures = len(large) == len(small) == 3 and large[0] == small[0]
    if not pictures or any(a <= b for a, b in zip(large[1:], small[1:], strict=True)):
        return None
    return None if [*net.encoder.parameters()] or type(net.code) is not Point else small
