"""Random draws: every sampler of the library takes its random numbers from here.

The argument ``source`` is a ``torch.Generator`` on the device of the draws. ``None`` means the
generator of the enclosing ``seeded`` block, or else torch's global generator. A caller that owns a
generator can seed it, save its state and repeat a run exactly. The library never seeds or restores
torch's global generator, because all threads share it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from torch import Generator, Tensor
from torch.overrides import TorchFunctionMode

__all__ = [
    "Dither",
    "Source",
    "bernoulli",
    "by_torch",
    "dithered",
    "exponential",
    "generator",
    "initial",
    "normal",
    "one_hot",
    "permutation",
    "poisson",
    "seeded",
    "uniform",
]

Source = Generator | None
"""A random generator; None: the one of ``seeded``, else torch's global generator."""

_PERIOD = 2**16
"""Length after which the table of low bits repeats."""

_PIECE = 2**17
"""Draws that read the table of low bits at one offset; longer tensors are cut into pieces."""


_RATE = 1e15
"""Largest rate of Poisson draws that are made by torch."""


def _shifts() -> Tensor:
    """The table of low bits, ``(_PERIOD + _PIECE,)``: .5 + k 2^-24 with k in 0 ... 255.

    The index is hashed one to one, so that each k occurs 256 times in a period, in an irregular
    order. Hence k is uniform if the index is.
    """
    place = torch.arange(_PERIOD)
    for factor, shift in ((0x2C1B, 7), (0x6D2B, 9), (1, 8)):
        place = (place ^ (place >> shift)) * factor & (_PERIOD - 1)
    bits = (place & 255).to(torch.float32)
    return (0.5 + bits * 2.0**-24).repeat(1 + _PIECE // _PERIOD)


_SHIFTS = _shifts()

_starts: ContextVar[Source] = ContextVar("starts", default=None)
"""The generator that ``None`` means; each thread and each asyncio task has its own."""


def generator(seed: int, device: torch.device | str = "cpu") -> Generator:
    """A seeded random generator on a device.

    >>> one = torch.zeros(1)
    >>> float(uniform(one, generator(0))) == float(uniform(one, generator(0)))
    True
    """
    return Generator(device).manual_seed(seed)


def uniform(like: Tensor, source: Source = None) -> Tensor:
    """Uniform draws on [0, 1), 24 or 53 bits, with the shape, type and device of ``like``."""
    if torch.compiler.is_exporting():  # a file has no generator
        return torch.rand_like(like)
    return torch.rand(like.shape, generator=_from(source), dtype=like.dtype, device=like.device)


def normal(like: Tensor, source: Source = None) -> Tensor:
    """Standard normal draws with the shape, type and device of ``like``."""
    if torch.compiler.is_exporting():
        return torch.randn_like(like)
    return torch.randn(like.shape, generator=_from(source), dtype=like.dtype, device=like.device)


def exponential(like: Tensor, source: Source = None) -> Tensor:
    """Exponential draws of rate 1 with the shape, type and device of ``like``."""
    if torch.compiler.is_exporting():
        return -torch.log1p(-torch.rand_like(like))
    return torch.empty_like(like).exponential_(generator=_from(source))


def dithered(like: Tensor, source: Source = None) -> Tensor:
    """Uniform draws on [0, 1) of 16 random bits and 8 low bits from a fixed table.

    In float32 on a CPU each draw takes a quarter of a random 64-bit word, which is 2.3 x faster
    than ``uniform``; otherwise this is ``uniform``. Each draw by itself is uniform on the
    multiples of 2^-24, as in ``uniform``. The 8 low bits come from a table (``_shifts``) that each
    call reads from a random offset. Two draws of one call share them as often as independent draws
    would, except pairs at certain distances, such as 65 536 draws, which always share them.
    """
    if _exactly(like):
        return uniform(like, source)
    n = like.numel()
    words = torch.empty(n // 4 + 1, dtype=torch.int64)  # at least one number more than draws
    numbers = words.random_(-(2**63), None, generator=_from(source)).view(torch.int16)
    draws = numbers[:n].float()
    for k, piece in enumerate(draws.split(_PIECE)):
        _shift(piece, numbers[-1], part=k)
    return draws.view(like.shape)


class Dither:
    """``dithered`` draws for several tensors, repeated in the same memory.

    Args:
        likes: the tensors to draw for. The draws equal those of ``dithered`` for each in turn.
    """

    def __init__(self, likes: Sequence[Tensor]) -> None:
        self.likes = [x.detach() for x in likes]
        self.exact = any(_exactly(x) for x in likes)
        sizes = [4 * (x.numel() // 4 + 1) for x in likes]
        self.words = torch.empty(sum(sizes) // 4, dtype=torch.int64)
        self.pieces = self.words.view(torch.int16)
        self.draws = torch.empty(self.pieces.shape, dtype=torch.float32)
        own = [u[: x.numel()] for u, x in zip(self.draws.split(sizes), likes, strict=True)]
        self.outputs = [u.view(x.shape) for u, x in zip(own, likes, strict=True)]
        self.parts = [
            (piece, last[-1], k)
            for u, last in zip(own, self.pieces.split(sizes), strict=True)
            for k, piece in enumerate(u.split(_PIECE))
        ]

    def __call__(self, source: Source = None) -> list[Tensor]:
        """New draws, one tensor for each of ``likes``; they overwrite the previous ones."""
        if self.exact:
            return [dithered(x, source) for x in self.likes]
        self.words.random_(-(2**63), None, generator=_from(source))
        self.draws.copy_(self.pieces)
        for piece, last, k in self.parts:
            _shift(piece, last, part=k)
        return [*self.outputs]


def _shift(own: Tensor, last: Tensor, *, part: int) -> None:
    """Turns 16-bit numbers into draws, in place; ``last`` sets the offset in the table."""
    start = (int(last.item()) + 25_717 * part) & (_PERIOD - 1)
    torch.add(_SHIFTS.as_strided(own.shape, (1,), start), own, alpha=2.0**-16, out=own)


def _exactly(like: Tensor) -> bool:
    inexact = like.dtype is torch.float32 and like.device.type == "cpu"
    return not inexact or torch.compiler.is_exporting()  # a file has no table


def bernoulli(p: Tensor, source: Source = None) -> Tensor:
    """Draws from {0, 1}, with probability ``p`` of a 1 (24 bits; 53 in double precision).

    A draw is 10 x faster than by ``torch.bernoulli`` on a CPU (docs/design.md).
    """
    return dithered(p, source).lt_(p.detach())


def one_hot(logits: Tensor, source: Source = None) -> Tensor:
    r"""One draw from softmax(logits) over the last axis, as a one-hot vector.

    The Gumbel-max trick: :math:`\arg\max_k (\ell_k - \log e_k)` with
    :math:`e_k = -\log(1 - u_k) \sim` Exp(1) and u uniform, which is 2.4 x faster on a CPU than
    ``Tensor.exponential_``.
    """
    noise = uniform(logits, source).neg_().log1p_().neg_()
    noise.clamp_(min=2.0**-25 if noise.dtype is torch.float32 else 2.0**-54).log_()
    drawn = (logits - noise).argmax(-1, keepdim=True)
    return torch.zeros_like(logits).scatter_(-1, drawn, 1.0)


def poisson(rate: Tensor, source: Source = None) -> Tensor:
    """Poisson draws with these rates, of the shape, type and device of ``rate``.

    Rates above 1e15, from which draws differ by less than 1e-6 of them, and NaN are returned
    unchanged: torch draws negative numbers for rates near 2^63 and above.
    """
    draws = torch.poisson(rate.nan_to_num(0.0).clamp(max=_RATE), generator=_from(source))
    return torch.where(rate <= _RATE, draws, rate)


def permutation(n: int, source: Source = None) -> Tensor:
    """The numbers 0 to n - 1 in random order, int64, on the device of the generator."""
    source = _from(source)
    device = "cpu" if source is None else source.device
    return torch.randperm(n, generator=source, device=device)


def _from(source: Source) -> Source:
    return _starts.get() if source is None else source


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside this context, draws without a generator come from one seeded here.

    This includes new parameters (``initial``). Torch's global generator stays as it is, and the
    context applies to the calling thread only.

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
    """Initial weights: draws from N(0, std^2), float32, of shape ``size``.

    The generator is that of the enclosing ``seeded`` block, else torch's global one. Nothing is
    drawn if ``std`` is 0 or on the device "meta", where tensors have no values.
    """
    if torch.get_default_device().type == "meta":
        return torch.empty(size, dtype=torch.float32)
    source = _from(None)
    device = None if source is None else source.device
    if not std:
        return torch.zeros(size, dtype=torch.float32, device=device)
    return std * torch.randn(size, generator=source, dtype=torch.float32, device=device)


@contextmanager
def by_torch() -> Iterator[None]:
    """Inside this context, modules of torch start like those of this library.

    Their initialisers draw from the generator of the enclosing ``seeded`` block instead of torch's
    global one, on its device, and make float32 values whatever torch's default is. On the device
    "meta" nothing is drawn. The context applies to the calling thread only.

    >>> def drawn():
    ...     with seeded(0), by_torch():
    ...         return torch.nn.Linear(2, 1).weight
    >>> bool((drawn() == drawn()).all())
    True
    """
    source = _from(None)
    meta = torch.get_default_device().type == "meta"
    device = torch.get_default_device() if meta or source is None else source.device
    with torch.device(device), _OwnDraws(source):
        yield


_DRAWS = {
    *("uniform_", "normal_", "bernoulli_", "exponential_", "random_", "log_normal_"),
    *("trunc_normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_"),
    *("kaiming_normal_", "orthogonal_"),
}
"""Methods of tensors, and functions of ``torch.nn.init``, that draw in place."""

_DRAWN = {torch.rand, torch.randn, torch.randint, torch.randperm, torch.bernoulli, torch.normal}
"""Functions that make drawn tensors."""

_MADE = {torch.empty, torch.zeros, torch.ones, torch.eye, torch.linspace, torch.rand, torch.randn}
"""Functions whose tensors have torch's default type where none is given."""


class _OwnDraws(TorchFunctionMode):
    """Gives torch's functions a generator and float32."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source

    def __torch_function__(  # noqa: PLR0917
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        del types
        named = dict(kwargs or {})
        if func in _MADE and named.get("dtype") is None:
            named["dtype"] = torch.float32
        drawn = func in _DRAWN or getattr(func, "__name__", "") in _DRAWS
        if drawn and self.source is not None and named.get("generator") is None:
            named["generator"] = self.source
        return func(*args, **named)
