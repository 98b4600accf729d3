"""A net that reads one sequence and writes another."""

from torch import Tensor

from harmonium.data.tokens import trimmed
from harmonium.models.abilities import Batch
from harmonium.models.symbols import SymbolModel
from harmonium.nets.sequences import SequenceNet

__all__ = ["AligningModel", "TransducerModel"]


class TransducerModel(SymbolModel):
    """A net that writes a sequence for each that it reads, without looking back.

    Args:
        net: with the method ``transduce``; shared, not copied.
    """

    net: SequenceNet

    def transduce(self, batch: Batch) -> Tensor:
        """The most probable symbol at each step, ``(B, T)``, -1 after the end."""
        return self.net.transduce(trimmed(batch["x"]))[0]


class AligningModel(TransducerModel):
    """A net that writes a sequence for each that it reads, and looks back while it writes."""

    def alignment(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The sequences ``(B, T)``, and where each step looked, ``(B, T, S)``."""
        written, looked = self.net.transduce(trimmed(batch["x"]))
        assert looked is not None
        return written, looked
