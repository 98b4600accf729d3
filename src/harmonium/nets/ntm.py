"""The neural Turing machine: a net that writes into a memory, and reads it again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad, softplus

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.data.vocabulary import Unit
from harmonium.errors import UsageError
from harmonium.nets.addressing import by_content, mixed, rewritten, sharpened, shifted
from harmonium.nets.sequences import SequenceNet
from harmonium.nets.symbols import dense, vectors

__all__ = ["NeuralTuringMachine", "Tape"]

_STEPS = 3
"""Places to which a head can move: one back, none, one ahead."""

_BLANK = 1e-6
"""Value of all slots at the beginning."""


@dataclass(frozen=True)
class Tape:
    """The memory and its heads between two steps.

    Args:
        memory: slots ``(B, N, M)``.
        heads: weights over the slots, of the writing head and of the reading one, ``(B, 2, N)``.
        content: what was read, ``(B, M)``.
        passed: weights of the writing head at each symbol of the source, ``(B, S, N)``.
    """

    memory: Tensor
    heads: Tensor
    content: Tensor
    passed: Tensor


@checked
class NeuralTuringMachine(SequenceNet):
    r"""Reads a sequence of symbols, writes it into a memory, and writes another sequence from it.

    A hidden layer sees the symbol x and what was read before, and moves two heads over the N
    slots of the memory (``nets.addressing``):

    .. math:: h_t = \tanh(W x_t + U r_{t-1} + b), \\
              w^c_i = \mathrm{softmax}_i(\beta \cos(k, M_i)), \quad
              w^g = g w^c + (1 - g) w_{t-1}, \quad
              \tilde w_i = \sum_j s_j w^g_{i-j}, \quad
              w_{t,i} \propto \tilde w_i^\gamma, \\
              M_i \leftarrow M_i \odot (1 - w_i e) + w_i a, \qquad
              r_t = \sum_i w'_i M_i, \qquad
              p(y_t) = \mathrm{softmax}(V [h_t, r_t] + c)

    with the weights w of the writing head and w' of the reading one. Key k, strength
    :math:`\beta`, gate g, steps s and power :math:`\gamma` of each head, and e and a of the
    writing one, are linear in h. After the source comes a mark of its end; while it writes, the
    net reads no symbol. Both heads begin at slot 0 of a blank memory. (Graves, Wayne and
    Danihelka, 2014, https://arxiv.org/abs/1410.5401.)

    Where a step looks at the source is the overlap of its reading weights with those of writing
    at each symbol.

    Args:
        sources: number of different source symbols; or the symbols, which a run puts here.
        targets: number of different target symbols; or the symbols.
        hidden: units of the hidden layer, which steers the heads.
        memory: number of slots, and of the numbers in each.
        unit: what a symbol is: a character or a word.
        longest: most symbols of an output that the net does not end itself.

    Raises:
        ValueError: the memory is not given by two numbers.
    """

    def __init__(
        self,
        sources: Count | Sequence[str],
        targets: Count | Sequence[str],
        *,
        hidden: Count = 100,
        memory: Sequence[Count] = (128, 20),
        unit: Unit = "characters",
        longest: Count = 100,
    ) -> None:
        super().__init__(
            sources,
            targets,
            unit=unit,
            settings={"hidden": hidden, "memory": [*memory], "longest": longest},
        )
        self.hidden, self.longest = hidden, longest
        if len(memory) != 2:
            raise UsageError(
                f"memory {[*memory]}: give the number of slots, and of the numbers in each"
            )
        self.slots, self.width = memory
        self.read_symbol = vectors(self.sources + 2, hidden)
        self.recall = dense(hidden, self.width)
        self.steer = dense(2 * (self.width + 3 + _STEPS), hidden)
        self.change = dense(2 * self.width, hidden)
        self.outputs = dense(self.targets + 1, hidden + self.width)

    @property
    def units(self) -> tuple[int, ...]:
        """Number of source symbols, units of the hidden layer, number of outputs."""
        return (self.sources, self.hidden, self.targets + 1)

    def read(self, source: Tensor) -> Tape:
        """The tape after sources ``(B, S)`` and the mark of their end."""
        *tapes, last = self._reading(source)
        passed = torch.stack([tape.heads[:, 0] for tape in tapes], 1)
        return Tape(last.memory, last.heads, last.content, passed * (source >= 0)[..., None])

    def write(self, state: Tape, last: Tensor) -> tuple[Tensor, Tape, Tensor]:
        """Logits ``(B, targets + 1)``, the tape, and where the step looked ``(B, S)``."""
        nothing = torch.full_like(last, self.sources + 1)
        hidden, tape = self._step(self.read_symbol(nothing), state)
        looked = (tape.passed @ tape.heads[:, 1, :, None])[..., 0]
        return self.outputs(torch.cat([hidden, tape.content], 1)), tape, looked

    @torch.no_grad()
    def addresses(self, source: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """Weights of the writing and of the reading head at each step of reading and writing.

        Args:
            source: one sequence, or several of the same length, ``(B, S)``.
            steps: symbols to write.

        Returns:
            Both ``(B, S + 1 + steps, N)``; after the source comes the mark of its end.
        """
        tapes = [*self._reading(source)]
        state, last = self.read(source), source.new_zeros(len(source))
        for _ in range(steps):
            _, state, _ = self.write(state, last)
            tapes.append(state)
        heads = torch.stack([tape.heads for tape in tapes], 2)
        return heads[:, 0], heads[:, 1]

    def _reading(self, source: Tensor) -> Iterator[Tape]:
        """The tape after each symbol of the sources, and after the mark of their end."""
        there = source >= 0
        marked = pad(source.clamp(min=0), (0, 1), value=self.sources)
        rows, like = len(source), self.recall.weight
        tape = Tape(
            memory=like.new_full((rows, self.slots, self.width), _BLANK),
            heads=pad(like.new_ones(rows, 2, 1), (0, self.slots - 1)),
            content=like.new_full((rows, self.width), _BLANK),
            passed=like.new_zeros(rows, 0, self.slots),
        )
        for x, exists in zip(
            self.read_symbol(marked).unbind(1),
            pad(there, (0, 1), value=True).unbind(1),
            strict=True,
        ):
            _, after = self._step(x, tape)
            tape = after if bool(exists.all()) else _kept(after, tape, exists=exists)
            yield tape

    def _step(self, x: Tensor, tape: Tape) -> tuple[Tensor, Tape]:
        """Hidden values, and the tape, after a step with inputs; both ``(B, hidden)``."""
        hidden = torch.tanh(x + self.recall(tape.content))
        heads = self._address(self.steer(hidden), tape)
        erase, add = self.change(hidden).chunk(2, 1)
        memory = rewritten(tape.memory, heads[:, 0], erase=erase.sigmoid(), add=add.tanh())
        content = (heads[:, 1:] @ memory)[:, 0]
        return hidden, Tape(memory, heads, content, tape.passed)

    def _address(self, steering: Tensor, tape: Tape) -> Tensor:
        """Weights of both heads, ``(B, 2, N)``."""
        sizes = [self.width, 1, 1, 1, _STEPS]
        key, strength, gate, power, steps = steering.unflatten(1, (2, -1)).split(sizes, 2)
        content = by_content(tape.memory, key.tanh(), strength=softplus(strength))
        moved = shifted(mixed(content, tape.heads, gate=gate.sigmoid()), steps.softmax(2))
        return sharpened(moved, 1 + softplus(power))


def _kept(after: Tape, before: Tape, *, exists: Tensor) -> Tape:
    """The tape after a step for rows that have a symbol, otherwise the one before."""
    on = exists[:, None]
    return Tape(
        memory=torch.where(on[..., None], after.memory, before.memory),
        heads=torch.where(on[..., None], after.heads, before.heads),
        content=torch.where(on, after.content, before.content),
        passed=after.passed,
    )
