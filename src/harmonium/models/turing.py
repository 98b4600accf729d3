"""A net that writes sequences from a memory with heads."""

from typing import Any

from torch import Tensor

from harmonium.models.transducer import AligningModel

__all__ = ["TuringModel"]


class TuringModel(AligningModel):
    """A neural Turing machine.

    Args:
        net: with the method ``addresses``; shared, not copied.
    """

    net: Any

    def addresses(self, source: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """What it writes for one sequence ``(S,)``, and the weights of its heads at each step.

        Returns:
            ``(T,)``, and name of the head -> ``(S + 1 + T + 1, slots)``: steps for the symbols,
            for the mark of their end, for what is written and for its end.
        """
        written = self.net.transduce(source[None])[0][0]
        write, read = self.net.addresses(source[None], len(written) + 1)
        return written, {"writing head": write[0], "reading head": read[0]}
