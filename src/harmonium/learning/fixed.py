r"""The fused update with matrix products in fixed point: int8 digits, int32 sums.

Binary states are integers, so their product with integer weights is exact. At each update the
weights are rounded to 15 bits, with a grid spacing that is a power of two, and split into two
digits,

.. math:: W_{ji} \approx -\epsilon\,(128\, a_{ji} + b_{ji}),
    \qquad -127 \le a \le 127, \quad 0 \le b \le 127,
    \qquad \epsilon = 2^k \in \left(\tfrac{1}{2}, 1\right] \cdot \max|W|\, /\, 8128 .

The upward and the downward product are two products of bytes each. The chains are exact Gibbs
chains of the machine with these rounded weights, for any number of threads. The weights, their
momentum and everything that is not a matrix product stay in single precision. On a processor
without fast products of bytes, the same integers are multiplied in single precision, with exactly
the same results (``whole``).

The correlation uses one digit for each factor. States less their mean, with the mean rounded to
:math:`1/127`, are integers in units of :math:`1/127`. Expectations are rounded at random,
:math:`\lfloor t y + u \rfloor` with :math:`u` uniform on [0, 1), so that the gradient has the same
expectation. ``u`` is taken from the bits of the hidden units' draws below the first 8. In PCD
these draws are made after everything that is correlated here. In CD they are those of the last
hidden states, which depend on ``u`` only if the first 8 bits did not decide a state, once in 256
draws.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.optim import Optimizer

from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.learning.contrast import CD, PCD, Contrast
from harmonium.learning.fused import Fused, Products, Space, fused
from harmonium.learning.penalties import Penalty
from harmonium.sampling import sample

__all__ = ["FixedProducts", "fixed"]

FAST = torch.cpu._is_vnni_supported()
"""Whether this processor has exact and fast products of bytes (AVX-512 VNNI)."""

_TOP, _SPARE = 127, 126
"""The largest digit, and the largest one that can still be rounded up."""
_LARGEST, _LEAST = _TOP * 128, 1e-30
"""The largest weight in units of the grid, and the smallest scale of weights."""
_MOST = 2**17
"""Maximum number of terms in an int32 sum, each below 2^14."""
_PIECE = 2**10
"""Number of terms, integers up to 2^14, whose sum in single precision is exact."""
_MAGIC = torch.tensor(1.5 * 2.0**23, dtype=torch.float32)
"""Added to a float below 2^22, it puts the nearest integer into the low bits of the sum."""


def fixed(
    graph: EnergyGraph,
    optimiser: Optimizer,
    *,
    contrast: Contrast,
    penalties: Sequence[Penalty] = (),
) -> Fused:
    """Builds the fused update of a graph with products in fixed point.

    Raises:
        ValueError: the graph, optimiser, contrast or penalties do not allow it; with the remedy.
    """
    update = fused(graph, optimiser, contrast=contrast, penalties=penalties)
    if update is None:
        reason = (
            "only the fused update supports it: a Bernoulli RBM, CD or PCD, torch.optim.SGD, "
            "no penalty but L2"
        )
    elif update.b.dtype is not torch.float32 or update.b.device.type != "cpu":
        reason = f"for float32 on a CPU; the parameters are {update.b.dtype} on {update.b.device}"
    elif isinstance(contrast, CD) and contrast.reconstruct is not sample:
        reason = "states must be binary; let CD reconstruct by draws, CD(reconstruct=sample)"
    else:
        return Fused(
            graph,
            optimiser,
            contrast=update.contrast,
            penalties=penalties,
            products=FixedProducts,
        )
    raise UsageError(f"products='fixed': {reason}; or keep products='float'")


def product(a: Tensor, b: Tensor, *, out: Tensor) -> Tensor:
    """The exact matrix product of two int8 tensors, in int32.

    Without VNNI, intermediate sums of bytes could saturate, so ``whole`` is used instead.
    """
    return torch._int_mm(a, b, out=out) if FAST else whole(a.float(), b.float(), out=out)


def whole(a: Tensor, b: Tensor, *, out: Tensor) -> Tensor:
    """The exact matrix product of integers stored in single precision; ``out`` may be int32.

    Products of two factors are at most 2^14, and single precision represents every integer up to
    2^24. So sums of 2^10 products are exact in any order; longer sums are added up in int32.
    """
    if a.shape[1] <= _PIECE:
        return torch.mm(a, b, out=out) if out.dtype is a.dtype else out.copy_(a @ b)
    sums = torch.zeros(out.shape, dtype=torch.int32)
    for left, right in zip(a.split(_PIECE, 1), b.split(_PIECE, 0), strict=True):
        sums += (left @ right).to(torch.int32)
    return out.copy_(sums)


def advice(device: torch.device) -> str | None:
    """A warning if products in fixed point are slow on this device or not to be had; else None."""
    if device.type != "cpu":
        return (
            f"products='fixed' is for CPUs: on {device} all products are computed in single "
            "precision; set 'float' to say so"
        )
    if FAST:
        return None
    return (
        "products='fixed': this processor has no fast products of bytes (AVX-512 VNNI), so they "
        "are computed in single precision, with the same results but a little slower than "
        "products='float': use 'float' unless you need exactly these results"
    )


class FixedProducts(Products):
    """The products of a fused update in fixed point; ``fixed`` builds the update with them.

    Batches that are not binary (grey pixels) are left to those in single precision.
    """

    def __init__(self, update: Fused) -> None:
        super().__init__(update)
        w = update.flat[0]
        self.scratch = torch.empty_like(w)
        self.sums = self.scratch.view(torch.int32)  # the same memory
        self.halves = w.new_empty(w.shape, dtype=torch.int16)
        axis = 1 if update.turned else 0
        digits = torch.cat([w, w], axis).to(torch.int8)
        self.high, self.low = digits.chunk(2, axis)
        self.digits_up, self.digits_down = (
            (digits, digits.mT) if update.turned else (digits.mT, digits)
        )
        self.rounded = torch.empty_like(w)  # -W / grid, used without fast products of bytes
        self.grid = 1.0

    def take(self, v: Tensor) -> bool:
        """Whether the data are binary; if so the weights are rounded for this update."""
        if v.is_floating_point() and v.frac().amax():
            return False
        self.write()
        return True

    def write(self) -> None:
        """Rounds the weights and splits them into two digits."""
        w = self.update.flat[0]
        low, high = torch.aminmax(w)
        largest = max(-low.item(), high.item(), _LEAST)
        self.grid = 2.0 ** math.frexp(largest / _LARGEST)[1]
        torch.add(_MAGIC, w, alpha=-1 / self.grid, out=self.scratch)
        self.halves.copy_(self.sums)
        if not FAST:  # the same integers, not split into digits
            self.rounded.copy_(self.halves)
            return
        self.low.copy_(self.halves).bitwise_and_(127)
        self.high.copy_(self.halves.bitwise_right_shift_(7))

    @property
    def integers(self) -> Tensor:
        """The whole numbers -W / grid that the products take, in single precision."""
        return 128 * self.high.float() + self.low.float() if FAST else self.rounded

    def new_space(self, rows: tuple[int, int]) -> Space:
        """Memory with the rows as bytes."""
        return _Space(self, rows)

    def up(self, s: Space, rows: str) -> Tensor:
        """Means of the second group given the first, in the "data", "model" or "all" rows."""
        assert isinstance(s, _Space)
        x, y = s.parts[rows]
        states, (sums, high, low) = s.states[rows], s.sums[rows]
        if not FAST:
            states.copy_(x)
            whole(x, self.rounded if self.update.turned else self.rounded.mT, out=y)
            return torch.add(self.update.c, y, alpha=-self.grid, out=y).sigmoid_()
        product(states.copy_(x), self.digits_up, out=sums)
        y.copy_(low.add_(high, alpha=128))
        return torch.add(self.update.c, y, alpha=-self.grid, out=y).sigmoid_()

    def down(self, s: Space, h: Tensor) -> Tensor:
        """Means of the first group given the second, in the model rows."""
        assert isinstance(s, _Space)
        if not FAST:
            down = self.rounded.mT if self.update.turned else self.rounded
            x = whole(h, down, out=s.x_model)
            return torch.add(self.update.b, x, alpha=-self.grid, out=x).sigmoid_()
        high, low = s.h_high, s.h_low
        torch.bitwise_left_shift(low.copy_(h).neg_(), 7, out=high)
        x = s.x_model.copy_(product(s.h_digits, self.digits_down, out=s.x_sums))
        return torch.add(self.update.b, x, alpha=self.grid, out=x).sigmoid_()

    def correlate(self, s: Space, w: Tensor, *, beta: float, alpha: float) -> None:
        """Sets w to beta w + alpha C, with C the weighted correlation of the rows."""
        assert isinstance(s, _Space)
        x = torch.mul(s.states["all"], _TOP, out=s.x_digit).sub_(s.mid_digit)
        y = s.rounded()
        left, right = (x, y) if self.update.turned else (y, x)
        if FAST:
            self.scratch.copy_(product(left.mT, right, out=self.sums))  # in place
        else:
            whole(left.mT.float(), right.float(), out=self.scratch)
        if beta != 1:
            w.mul_(beta)
        w.add_(self.scratch, alpha=alpha * s.unit / (_SPARE * _TOP))


class _Space(Space):
    """Memory of one update, with the rows as bytes and the sums of their products."""

    def __init__(self, products: FixedProducts, rows: tuple[int, int]) -> None:
        super().__init__(products, rows)
        update = products.update
        x, y, n = len(update.b), len(update.c), sum(rows)
        if max(x, y, n) > _MOST:
            raise UsageError(
                f"products='fixed': sums over {max(x, y, n)} rows or units may overflow int32 (at "
                f"most {_MOST} fit); use smaller batches or products='float'"
            )

        def new(*shape: int, dtype: torch.dtype = torch.int8) -> Tensor:
            return torch.empty(shape, dtype=dtype)

        states, sums = new(n, x), new(n, 2 * y, dtype=torch.int32)
        data, model = states.split(rows)
        self.states = {"data": data, "model": model, "all": states}
        names = zip(self.states, (*sums.split(rows), sums), strict=True)
        self.sums = {name: (part, *part.chunk(2, 1)) for name, part in names}
        self.h_digits, self.x_sums = new(rows[1], 2 * y), new(rows[1], x, dtype=torch.int32)
        self.h_high, self.h_low = self.h_digits.chunk(2, 1)
        self.x_digit, self.y_digit = new(n, x), new(n, y)
        self.mid, self.mid_digit = torch.empty_like(self.mu), new(1, x)
        self.noise = torch.empty_like(self.y)
        self.fresh = self.dither.outputs[1 if isinstance(update.contrast, PCD) else 0]

    def weigh(self, data: Tensor | float, model: Tensor | float) -> None:
        super().weigh(data, model)
        self.unit = float(self.signs.abs().max())

    def uncentre(self) -> None:
        self.mid_digit.zero_()

    def middle(self) -> Tensor:
        """The running mean, rounded to the nearest multiple of 1/127."""
        self.mid_digit.copy_(torch.mul(self.mu, _TOP, out=self.mid).round_())
        return self.mid.div_(_TOP)

    def rounded(self) -> Tensor:
        """The second group's rows in units of ``unit`` / 126, rounded at random to integers."""
        first, *others = self.noise.split(self.rows[1])
        torch.mul(self.fresh, 256, out=first).frac_()
        for other in others:
            other.copy_(first[: len(other)])
        scaled = torch.add(self.noise, self.y, alpha=_SPARE / self.unit, out=self.noise)
        return self.y_digit.copy_(scaled.floor_())
