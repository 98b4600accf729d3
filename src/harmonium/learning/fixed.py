r"""The fused update with its matrix products in fixed point: int8 digits, int32 sums.

Binary states are whole numbers, so a product of them with whole weights is exact. At each update
the weights are rounded to a grid of 15 bits, a power of two apart, and split into two digits,

.. math:: W_{ji} \approx -\epsilon\,(128\, a_{ji} + b_{ji}),
    \qquad -127 \le a \le 127, \quad 0 \le b \le 127,
    \qquad \epsilon = 2^k \in \left(\tfrac{1}{2}, 1\right] \cdot \max|W|\, /\, 8128 .

Up and down are two products of bytes each, and the chains are exact Gibbs chains of the machine
with these rounded weights, whatever the number of threads. The weights themselves, their
momentum and everything that is not a product stay in single precision. A processor that does not
multiply bytes gets the same bits from the same whole numbers in single precision (``whole``).

The correlation takes one digit of each side. States less their mean, rounded to
:math:`1/127`, are whole; expectations are rounded at random, :math:`\lfloor t y + u \rfloor`
with :math:`u` uniform on [0, 1), so that the gradient's expectation is what it was.
``u`` is what is left of the hidden units' draws below their first 8 bits: in PCD of draws made
after all that is correlated; in CD, of those of the last hidden states, which tell of it only
where the first 8 bits did not decide, once in 256.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.optim import Optimizer

from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, State
from harmonium.learning.contrast import CD, PCD, Contrast
from harmonium.learning.fused import Fused, Space, fused
from harmonium.learning.penalties import Penalty
from harmonium.random import Source
from harmonium.sampling import sample

__all__ = ["Fixed", "fixed"]

FAST = torch.cpu._is_vnni_supported()
"""Whether this processor has exact and fast products of bytes (VNNI)."""

_TOP, _SPARE = 127, 126
"""The largest digit, and the largest that may still be rounded up."""
_LARGEST, _LEAST = _TOP * 128, 1e-30
_MOST = 2**17
"""Rows or units that a sum in int32 has room for: each adds less than 2^14."""
_PIECE = 2**10
"""Terms of a sum in single precision that has only whole numbers, each at most 2^14."""
_MAGIC = torch.tensor(1.5 * 2.0**23, dtype=torch.float32)
"""Added to a float below 2^22, it leaves the nearest whole number in the low bits of the sum."""


def fixed(
    graph: EnergyGraph,
    optimiser: Optimizer,
    *,
    contrast: Contrast,
    penalties: Sequence[Penalty] = (),
) -> "Fixed":
    """The fused update of this graph with its products in fixed point.

    Raises:
        ValueError: there is none, with the reason and the remedy.
    """
    update = fused(graph, optimiser, contrast=contrast, penalties=penalties)
    if update is None:
        reason = (
            "only the fused update has them: a Bernoulli RBM, CD or PCD, torch.optim.SGD, "
            "no penalty but L2"
        )
    elif update.b.dtype is not torch.float32 or update.b.device.type != "cpu":
        reason = f"for float32 on a CPU; the parameters are {update.b.dtype} on {update.b.device}"
    elif isinstance(contrast, CD) and contrast.reconstruct is not sample:
        reason = "states must be binary; let CD reconstruct by draws, CD(reconstruct=sample)"
    else:
        return Fixed(graph, optimiser, contrast=update.contrast, penalties=penalties)
    raise UsageError(f"products='fixed': {reason}; or keep products='float'")


def product(a: Tensor, b: Tensor, *, out: Tensor) -> Tensor:
    """The matrix product of two int8 tensors, exactly, in int32.

    Without VNNI sums of bytes may saturate on their way: to the same bits by ``whole``, then.
    """
    return torch._int_mm(a, b, out=out) if FAST else whole(a.float(), b.float(), out=out)


def whole(a: Tensor, b: Tensor, *, out: Tensor) -> Tensor:
    """The product of whole numbers in single precision, exactly, in int32 or single precision.

    The factors' largest product is 2^14. Single precision holds every whole number up to 2^24, so
    that sums of 2^10 of them are exact in any order; longer ones are added piece by piece.
    """
    if a.shape[1] <= _PIECE:
        return torch.mm(a, b, out=out) if out.dtype is a.dtype else out.copy_(a @ b)
    sums = torch.zeros(out.shape, dtype=torch.int32)
    for left, right in zip(a.split(_PIECE, 1), b.split(_PIECE, 0), strict=True):
        sums += (left @ right).to(torch.int32)
    return out.copy_(sums)


def advice() -> str | None:
    """What to know about products in fixed point on this processor; None where they are fast."""
    if FAST:
        return None
    return (
        "products='fixed': this processor has no fast products of bytes (AVX-512 VNNI), so they "
        "are computed in single precision, to the same bits and a little slower than "
        "products='float': take 'float' unless you need those bits"
    )


class Fixed(Fused):
    """The fused update in fixed point; ``fixed`` builds it where there is one.

    A batch that is not binary (grey pixels) goes by the products of single precision.
    """

    def __init__(
        self,
        graph: EnergyGraph,
        optimiser: Optimizer,
        *,
        contrast: CD | PCD,
        penalties: Sequence[Penalty],
    ) -> None:
        super().__init__(graph, optimiser, contrast=contrast, penalties=penalties)
        self.plain = Fused(graph, optimiser, contrast=contrast, penalties=penalties)
        w = self.flat[0]
        self.scratch = torch.empty_like(w)
        self.sums = self.scratch.view(torch.int32)  # the same memory
        self.halves = w.new_empty(w.shape, dtype=torch.int16)
        axis = 1 if self.turned else 0
        digits = torch.cat([w, w], axis).to(torch.int8)
        self.high, self.low = digits.chunk(2, axis)
        self.digits_up, self.digits_down = (
            (digits, digits.mT) if self.turned else (digits.mT, digits)
        )
        self.rounded = torch.empty_like(w)  # without fast products of bytes: -W / grid
        self.grid = 1.0

    def step(
        self,
        batch: State,
        *,
        weights: Tensor | None,
        chains: State,
        offsets: Mapping[str, Tensor],
        centring: float | None,
        source: Source,
    ) -> tuple[State, Mapping[str, Tensor]]:
        """One update; the chains and offsets to hand in next time."""
        v, step = batch[self.names[0]], self.plain.step
        if not v.is_floating_point() or not v.frac().amax():
            self._write()
            step = super().step
        return step(
            batch,
            weights=weights,
            chains=chains,
            offsets=offsets,
            centring=centring,
            source=source,
        )

    def _write(self) -> None:
        """Writes the weights in two digits."""
        w = self.flat[0]
        low, high = torch.aminmax(w)
        largest = max(-low.item(), high.item(), _LEAST)
        self.grid = 2.0 ** math.frexp(largest / _LARGEST)[1]
        torch.add(_MAGIC, w, alpha=-1 / self.grid, out=self.scratch)
        self.halves.copy_(self.sums)
        if not FAST:  # the same whole numbers, as they are
            self.rounded.copy_(self.halves)
            return
        self.low.copy_(self.halves).bitwise_and_(127)
        self.high.copy_(self.halves.bitwise_right_shift_(7))

    # --- products --------------------------------------------------------------------------

    def _space(self, rows: tuple[int, int]) -> Space:
        return _Space(self, rows)

    def _up(self, s: Space, rows: str) -> Tensor:
        assert isinstance(s, _Space)
        x, y = s.parts[rows]
        states, (sums, high, low) = s.states[rows], s.sums[rows]
        if not FAST:
            states.copy_(x)
            whole(x, self.rounded if self.turned else self.rounded.mT, out=y)
            return torch.add(self.c, y, alpha=-self.grid, out=y).sigmoid_()
        product(states.copy_(x), self.digits_up, out=sums)
        y.copy_(low.add_(high, alpha=128))
        return torch.add(self.c, y, alpha=-self.grid, out=y).sigmoid_()

    def _down(self, s: Space, h: Tensor) -> Tensor:
        assert isinstance(s, _Space)
        if not FAST:
            down = self.rounded.mT if self.turned else self.rounded
            x = whole(h, down, out=s.x_dreamt)
            return torch.add(self.b, x, alpha=-self.grid, out=x).sigmoid_()
        high, low = s.h_high, s.h_low
        torch.bitwise_left_shift(low.copy_(h).neg_(), 7, out=high)
        x = s.x_dreamt.copy_(product(s.h_digits, self.digits_down, out=s.x_sums))
        return torch.add(self.b, x, alpha=self.grid, out=x).sigmoid_()

    def _correlate(self, s: Space, w: Tensor, *, beta: float, alpha: float) -> None:
        assert isinstance(s, _Space)
        x = torch.mul(s.states["all"], _TOP, out=s.x_digit).sub_(s.mid_digit)
        y = s.rounded()
        left, right = (x, y) if self.turned else (y, x)
        if FAST:
            self.scratch.copy_(product(left.mT, right, out=self.sums))  # in place
        else:
            whole(left.mT.float(), right.float(), out=self.scratch)
        if beta != 1:
            w.mul_(beta)
        w.add_(self.scratch, alpha=alpha * s.unit / (_SPARE * _TOP))

    def _move(
        self, s: Space, offsets: Mapping[str, Tensor], *, centring: float | None
    ) -> Mapping[str, Tensor]:
        assert isinstance(s, _Space)
        if centring is None:
            s.mid_digit.zero_()
        return super()._move(s, offsets, centring=centring)


class _Space(Space):
    """The same rows in bytes, and the sums of their products."""

    def __init__(self, update: Fixed, rows: tuple[int, int]) -> None:
        super().__init__(update, rows)
        x, y, n = len(update.b), len(update.c), sum(rows)
        if max(x, y, n) > _MOST:
            raise UsageError(
                f"products='fixed': sums of {max(x, y, n)} rows or units may not fit into int32, "
                f"{_MOST} do; take smaller batches or products='float'"
            )

        def new(*shape: int, dtype: torch.dtype = torch.int8) -> Tensor:
            return torch.empty(shape, dtype=dtype)

        states, sums = new(n, x), new(n, 2 * y, dtype=torch.int32)
        seen, dreamt = states.split(rows)
        self.states = {"seen": seen, "dreamt": dreamt, "all": states}
        names = zip(self.states, (*sums.split(rows), sums), strict=True)
        self.sums = {name: (part, *part.chunk(2, 1)) for name, part in names}
        self.h_digits, self.x_sums = new(rows[1], 2 * y), new(rows[1], x, dtype=torch.int32)
        self.h_high, self.h_low = self.h_digits.chunk(2, 1)
        self.x_digit, self.y_digit = new(n, x), new(n, y)
        self.mid, self.mid_digit = torch.empty_like(self.mu), new(1, x)
        self.noise = torch.empty_like(self.y)
        self.fresh = self.dither.found[1 if isinstance(update.contrast, PCD) else 0]

    def weigh(self, seen: Tensor | float, dreamt: Tensor | float) -> None:
        super().weigh(seen, dreamt)
        self.unit = float(self.signs.abs().max())

    def middle(self) -> Tensor:
        """The running mean to the nearest multiple of 1/127."""
        self.mid_digit.copy_(torch.mul(self.mu, _TOP, out=self.mid).round_())
        return self.mid.div_(_TOP)

    def rounded(self) -> Tensor:
        """The second group's rows, at most ``unit`` away from 0, as whole numbers up to 126."""
        first, *others = self.noise.split(self.rows[1])
        torch.mul(self.fresh, 256, out=first).frac_()
        for other in others:
            other.copy_(first[: len(other)])
        scaled = torch.add(self.noise, self.y, alpha=_SPARE / self.unit, out=self.noise)
        return self.y_digit.copy_(scaled.floor_())
