"""Nets that read one sequence of symbols and write another."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.nets.symbols import SymbolNet
from harmonium.random import Source
from harmonium.sampling.picking import Pick

__all__ = ["SequenceNet", "written"]


class SequenceNet(SymbolNet, ABC):
    """The base of nets that read a sequence to its end, then write one symbol after the other.

    Sequences are indices ``(B, T)``, -1 after the end. The index ``targets`` stands for the edge
    of an output: it comes before the first symbol, and the net writes it as the end.
    """

    output_kind: ClassVar[str] = "sequences"
    """Kind of the outputs: logits of the symbols of another sequence."""

    longest: int
    """Most symbols of an output that the net does not end itself."""

    @abstractmethod
    def read(self, source: Tensor) -> Any:  # noqa: ANN401
        """The state in which writing begins, after sources ``(B, S)``."""

    @abstractmethod
    def write(self, state: Any, last: Tensor) -> tuple[Tensor, Any, Tensor | None]:  # noqa: ANN401
        """Makes one step.

        Args:
            state: after the step before.
            last: the symbol before, ``(B,)``.

        Returns:
            Logits ``(B, targets + 1)``, the state, and how much the step looks at each place of
            the source, ``(B, S)``; None where the net does not look back.
        """

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits of every symbol of a known output, and of its end, ``(B, T + 1, targets + 1)``.

        Args:
            source: ``(B, S)``.
            target: ``(B, T)``.

        Raises:
            ValueError: a source has no symbol.
        """
        _check(source)
        edge = target.new_full((len(target), 1), self.targets)
        before = torch.cat([edge, target.clamp(min=0)], 1)
        state, found = self.read(source), []
        for last in before.unbind(1):  # a step needs the one before
            logits, state, _ = self.write(state, last)
            found.append(logits)
        return torch.stack(found, 1)

    @torch.no_grad()
    def transduce(self, source: Tensor) -> tuple[Tensor, Tensor | None]:
        """The most probable symbol at each step, until the end, and where each step looked.

        Args:
            source: ``(B, S)``.

        Returns:
            ``(B, T)``, -1 after the end, and ``(B, T, S)``, or None where the net does not look
            back; T is the length of the longest output.

        Raises:
            ValueError: a source has no symbol.
        """
        _check(source)
        return written(self, self.read(source), last=source.new_full((len(source),), self.targets))


def _check(source: Tensor) -> None:
    if not source.shape[1] or bool((source[:, 0] < 0).any()):
        raise UsageError("a source is empty: give every row at least one symbol")


@torch.no_grad()
def written(
    net: Any,  # noqa: ANN401
    state: Any,  # noqa: ANN401
    *,
    last: Tensor,
    pick: Pick | None = None,
    source: Source = None,
) -> tuple[Tensor, Tensor | None]:
    """Writes one symbol after the other until every row has ended.

    Args:
        net: ``write`` makes a step from its state, ``longest`` is the number of steps at most.
        state: in which writing begins.
        last: the edge of an output for each row, ``(B,)``, whose index ends a row.
        pick: how symbols are drawn; None: the most probable one.
        source: random generator.

    Returns:
        Symbols ``(B, T)``, -1 after the end, and where each step looked, ``(B, T, S)``, or None.
    """
    pick = Pick(temperature=0.0) if pick is None else pick
    edge, found, looked = last, [], []
    ended = torch.zeros_like(last, dtype=torch.bool)
    for _ in range(net.longest):  # a step needs the one before
        logits, state, seen = net.write(state, last)
        last = pick(logits, source)
        ended = ended | (last == edge)
        if bool(ended.all()):
            break
        found.append(last.masked_fill(ended, -1))
        looked.append(seen)
    if not found:
        return edge[:, None][:, :0], seen if seen is None else seen[:, None][:, :0]
    places = [part for part in looked if part is not None]
    return torch.stack(found, 1), torch.stack(places, 1) if places else None
