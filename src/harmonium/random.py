"""Random draws, below everything else: every sampler of the library takes its numbers from here.

A *source* is a ``torch.Generator`` on the device of the numbers, or ``None``: the one of the
``seeded`` around, else torch's global one. Whoever owns a source can seed it, save its state and
continue to the bit. Nothing in the library seeds or restores torch's global source: threads share
it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Generator, Tensor

__all__ = [
    "Dither",
    "Source",
    "bernoulli",
    "dithered",
    "exponential",
    "generator",
    "initial",
    "normal",
    "one_hot",
    "seeded",
    "uniform",
]

Source = Generator | None

_PERIOD = 2**16

_AT_ONCE = 2**17
"""Draws that lie side by side in the table of shifts; more take it in pieces."""


def _shifts() -> Tensor:
    """The last 8 bits of draws at every place, ``(PERIOD + AT_ONCE,)``, as .5 plus bits 2^-24.

    Each of the 256 values stands 256 times in a period, in an order of no pattern: the place is
    hashed, one to one. So the bits at any place are uniform if the place is.
    """
    place = torch.arange(_PERIOD)
    for factor, shift in ((0x2C1B, 7), (0x6D2B, 9), (1, 8)):
        place = (place ^ (place >> shift)) * factor & (_PERIOD - 1)
    bits = (place & 255).to(torch.float32)
    return (0.5 + bits * 2.0**-24).repeat(1 + _AT_ONCE // _PERIOD)


_SHIFTS = _shifts()

_starts: ContextVar[Source] = ContextVar("starts", default=None)
"""What ``None`` stands for; a thread, or a task of asyncio, has its own."""


def generator(seed: int, device: torch.device | str = "cpu") -> Generator:
    """A seeded source on a device.

    >>> one = torch.zeros(1)
    >>> float(uniform(one, generator(0))) == float(uniform(one, generator(0)))
    True
    """
    return Generator(device).manual_seed(seed)


def uniform(like: Tensor, source: Source = None) -> Tensor:
    """Uniform draws on [0, 1) of the shape, type and device of ``like`` (24 or 53 bits)."""
    return torch.rand(like.shape, generator=_from(source), dtype=like.dtype, device=like.device)


def normal(like: Tensor, source: Source = None) -> Tensor:
    """Standard normal draws of the shape, type and device of ``like``."""
    return torch.randn(like.shape, generator=_from(source), dtype=like.dtype, device=like.device)


def exponential(like: Tensor, source: Source = None) -> Tensor:
    """Exponential draws of rate one, of the shape, type and device of ``like``."""
    return torch.empty_like(like).exponential_(generator=_from(source))


def dithered(like: Tensor, source: Source = None) -> Tensor:
    """Uniform draws on [0, 1) whose first 16 bits are random by themselves, the last 8 by place.

    On a CPU a quarter of a 64-bit word makes a draw, 2.3 x faster than ``uniform``; elsewhere,
    and in double precision, this is ``uniform``. Each draw by itself is uniform on the multiples
    of 2^-24, exactly as there. The last 8 bits stand in a fixed table (``_shifts``), of which a
    call reads a part that begins at a random place. Two draws of one call have them in common by
    chance only, as often as independent ones, unless they lie a multiple of 65 536 draws apart.
    """
    if _exactly(like):
        return uniform(like, source)
    n = like.numel()
    words = torch.empty(n // 4 + 1, dtype=torch.int64)  # at least one piece more than draws
    pieces = words.random_(-(2**63), None, generator=_from(source)).view(torch.int16)
    own = pieces[:n].float()
    for k, some in enumerate(own.split(_AT_ONCE)):
        _shift(some, pieces[-1], part=k)
    return own.view(like.shape)


class Dither:
    """``dithered`` for several tensors at once and again and again, in memory of its own.

    Args:
        likes: the tensors to draw for. The numbers are those of one ``dithered`` after the other.
    """

    def __init__(self, likes: Sequence[Tensor]) -> None:
        self.likes = [x.detach() for x in likes]
        self.exact = any(_exactly(x) for x in likes)
        sizes = [4 * (x.numel() // 4 + 1) for x in likes]
        self.words = torch.empty(sum(sizes) // 4, dtype=torch.int64)
        self.pieces = self.words.view(torch.int16)
        self.draws = torch.empty(self.pieces.shape, dtype=torch.float32)
        own = [u[: x.numel()] for u, x in zip(self.draws.split(sizes), likes, strict=True)]
        self.found = [u.view(x.shape) for u, x in zip(own, likes, strict=True)]
        self.parts = [
            (some, last[-1], k)
            for u, last in zip(own, self.pieces.split(sizes), strict=True)
            for k, some in enumerate(u.split(_AT_ONCE))
        ]

    def __call__(self, source: Source = None) -> list[Tensor]:
        """New draws, one tensor for each; they overwrite those of the call before."""
        if self.exact:
            return [dithered(x, source) for x in self.likes]
        self.words.random_(-(2**63), None, generator=_from(source))
        self.draws.copy_(self.pieces)
        for some, last, k in self.parts:
            _shift(some, last, part=k)
        return [*self.found]


def _shift(own: Tensor, last: Tensor, *, part: int) -> None:
    """Makes draws of 16-bit numbers, in place; ``last`` is their call's place in the table."""
    start = (int(last.item()) + 25_717 * part) & (_PERIOD - 1)
    torch.add(_SHIFTS.as_strided(own.shape, (1,), start), own, alpha=2.0**-16, out=own)


def _exactly(like: Tensor) -> bool:
    return like.dtype is not torch.float32 or like.device.type != "cpu"


def bernoulli(p: Tensor, source: Source = None) -> Tensor:
    """Draws in {0, 1}, one with probability ``p`` (to 24 bits; 53 in double precision).

    The comparison is 10 x faster than ``torch.bernoulli`` on a CPU (docs/design.md).
    """
    return dithered(p, source).lt_(p.detach())


def one_hot(logits: Tensor, source: Source = None) -> Tensor:
    r"""One draw from softmax(logits) over the last axis, as a one-hot vector.

    Gumbel's trick: :math:`\arg\max_k (\ell_k - \log e_k)` with :math:`e_k = -\log(1 - u_k) \sim`
    Exp(1), from uniform draws: 2.4 x faster on a CPU than torch's exponential ones.
    """
    noise = uniform(logits, source).neg_().log1p_().neg_()
    noise.clamp_(min=2.0**-25 if noise.dtype is torch.float32 else 2.0**-54).log_()
    drawn = (logits - noise).argmax(-1, keepdim=True)
    return torch.zeros_like(logits).scatter_(-1, drawn, 1.0)


def _from(source: Source) -> Source:
    return _starts.get() if source is None else source


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draws without a source come from this seed inside; torch's global source is not touched.

    New parameters (``initial``) do, and whatever else is drawn by this module on a CPU. Of
    several threads each has its own.

    >>> with seeded(0):
    ...     first = initial(1)
    >>> with seeded(0):
    ...     bool(initial(1) == first)
    True
    """
    token = _starts.set(generator(seed))
    try:
        yield
    finally:
        _starts.reset(token)


def initial(*size: int, std: float = 1.0) -> Tensor:
    """Draws from N(0, std^2) for new parameters, float32: what connections start from.

    They come from the seed of the ``seeded`` around, else from torch's global source; zeros are
    not drawn, and neither are values of an outline, which has shapes only (device "meta").
    """
    if torch.get_default_device().type == "meta":
        return torch.empty(size, dtype=torch.float32)
    source = _from(None)
    device = None if source is None else source.device
    if not std:
        return torch.zeros(size, dtype=torch.float32, device=device)
    return std * torch.randn(size, generator=source, dtype=torch.float32, device=device)
