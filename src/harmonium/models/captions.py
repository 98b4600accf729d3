"""A net that writes captions of pictures."""

from typing import Any

import torch
from torch import Tensor

from harmonium.data import DataSet, Vocabulary
from harmonium.errors import UsageError
from harmonium.learning.objectives.symbols import with_end
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.models.symbols import take_vocabulary
from harmonium.random import Source
from harmonium.sampling.picking import Pick

__all__ = ["CaptionModel", "PictureCaptionModel", "caption_model"]


def caption_model(net: torch.nn.Module) -> "CaptionModel":
    """The model of a net that writes captions, with or without an encoder of pictures."""
    looks = getattr(net, "encoder", None) is not None
    return PictureCaptionModel(net) if looks else CaptionModel(net)


class CaptionModel(NetModel):
    """A net that writes the column "target", whatever the picture "x" is.

    Args:
        net: ``(B, *shape), (B, T) -> (B, T + 1, symbols + 1)``; shared, not copied.
    """

    net: Any

    def __init__(self, net: torch.nn.Module) -> None:
        super().__init__(net)
        vars(self).pop("convolutions", None)  # its outputs need words beside the picture

    @property
    def vocabulary(self) -> Vocabulary:
        """The words.

        Raises:
            ValueError: only their number is known.
        """
        known: Vocabulary = self.net.vocabulary
        return known

    def meet(self, data: DataSet) -> None:
        """Takes over the words of the captions.

        Raises:
            ValueError: the data have no captions, or the net another number of words, or others.
        """
        if data.written is None:
            raise UsageError(
                f"model: it writes captions, and {data.name} has none: take a source with the "
                "column target, such as scenes"
            )
        take_vocabulary(self.net, data.written, name=data.name)

    def check(self, batch: Batch) -> None:
        """Raises ValueError where pictures do not fit the net, if it reads any."""
        if self.width:
            super().check(batch)

    def transduce(self, batch: Batch) -> Tensor:
        """The most probable word at each step, ``(B, T)``, -1 after the end."""
        return self.described(batch, pick=Pick(temperature=0.0))

    @torch.no_grad()
    def described(
        self, batch: Batch, *, pick: Pick | None = None, source: Source = None
    ) -> Tensor:
        """Drawn captions, ``(B, T)``, -1 after the end."""
        pick = Pick() if pick is None else pick
        found: Tensor = self.net.written(batch["x"], pick=pick, source=source)
        return found

    @torch.no_grad()
    def caption_log_probs(self, batch: Batch) -> Tensor:
        """log p of each word of the captions and of their ends, in nats, ``(B, T + 1)``.

        0 after the end.
        """
        log_p = self.net(batch["x"], batch["target"]).log_softmax(2)
        wanted = with_end(batch["target"], log_p.shape[2] - 1)
        chosen = log_p.gather(2, wanted.clamp(min=0)[..., None])[..., 0]
        return torch.where(wanted >= 0, chosen, 0.0)


class PictureCaptionModel(CaptionModel):
    """A net that writes the column "target" for the picture "x"."""

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """The features of the pictures, ``(B, features)``."""
        return {"features": self.net.encoder(batch["x"])}
