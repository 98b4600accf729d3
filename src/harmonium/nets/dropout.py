"""Dropout: units that are switched off at random while a net learns."""

from typing import Any

from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.random import Source, dithered

__all__ = ["Dropout", "Dropout2d", "after_activations", "set_source"]


class _Zeroing(nn.Module):
    """What layers share that set values to zero with a probability p."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = _checked(p)
        self.source: Source = None

    def extra_repr(self) -> str:
        """The probability, for ``repr``."""
        return f"p={self.p:g}"

    def __getstate__(self) -> dict[str, Any]:
        """The state for copies and files, without the generator."""
        return {**self.__dict__, "source": None}


class Dropout(_Zeroing):
    r"""Sets values to zero at random in training mode, and does nothing in evaluation mode.

    .. math:: y_j = \frac{m_j}{1 - p} x_j, \qquad m_j \in \{0, 1\}, \quad P(m_j = 0) = p

    The factor 1 / (1 - p) keeps the mean of every value, so that the weights need no change in
    evaluation mode. Draws come from the generator ``source``, not from torch's global one, so
    that a training can be repeated to the bit. (Srivastava et al., 2014,
    https://jmlr.org/papers/v15/srivastava14a.html.)

    Args:
        p: the probability of a zero, at least 0 and below 1.

    Attributes:
        source: generator of the draws; None: that of ``random.seeded``, else torch's global one.
            Copies and files of the module do not keep it.

    Raises:
        ValueError: p is not in [0, 1).

    >>> import torch
    >>> part = Dropout(0.5)
    >>> x = torch.ones(2, 3, dtype=torch.float32)
    >>> set_source(part, torch.Generator().manual_seed(0))
    >>> sorted(set(part(x).flatten().tolist())), bool((part.eval()(x) == x).all())
    ([0.0, 2.0], True)
    """

    def forward(self, x: Tensor) -> Tensor:
        """Values of which some are zero, ``(B, *) -> (B, *)``."""
        if not self.training or not self.p:
            return x
        kept = 1 - self.p
        return x * dithered(x.detach(), self.source).lt_(kept).div_(kept)


class Dropout2d(_Zeroing):
    r"""Sets whole maps to zero at random in training mode, ``(B, C, *) -> (B, C, *)``.

    .. math:: y_c = \frac{m_c}{1 - p} x_c, \qquad m_c \in \{0, 1\}, \quad P(m_c = 0) = p

    Neighbouring values of a map tell much the same, so that zeros at single places, as in
    ``Dropout``, hide little. (Tompson et al., 2015, https://arxiv.org/abs/1411.4280.)

    Args:
        p: the probability of a map of zeros, at least 0 and below 1.

    Attributes:
        source: generator of the draws, as in ``Dropout``.

    Raises:
        ValueError: p is not in [0, 1).
    """

    def forward(self, x: Tensor) -> Tensor:
        """Maps of which some are zero."""
        if not self.training or not self.p:
            return x
        kept = 1 - self.p
        maps = x.detach().flatten(2)[:, :, :1]
        factors = dithered(maps, self.source).lt_(kept).div_(kept)
        return x * factors.reshape(*x.shape[:2], *[1] * (x.ndim - 2))


def after_activations(net: nn.Sequential, p: float) -> nn.Sequential:
    """Adds dropout after every activation of a net, in place, and returns the net.

    An activation is a module without parameters that follows one with parameters, however many
    reshape in between. It is replaced by itself and a ``Dropout`` in sequence, so that the names
    of the net's parameters stay what they are.

    Args:
        net: such as that of ``unroll``.
        p: the probability of a zero; 0 adds nothing.

    >>> after_activations(nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 2)), 0.5)[1]
    Sequential(
      (0): Sigmoid()
      (1): Dropout(p=0.5)
    )
    """
    layers = [k for k, part in enumerate(net) if [*part.parameters()]]
    for k in layers[1:] if p else ():
        if k - 1 not in layers:
            net[k - 1] = nn.Sequential(net[k - 1], Dropout(p))
    return net


def _checked(p: float) -> float:
    if not 0 <= p < 1:
        raise UsageError(f"dropout is {p}: give a share of at least 0 and below 1")
    return float(p)


def set_source(net: nn.Module, source: Source) -> None:
    """Sets the generator of every module of a net that draws: ``Dropout``, codes with noise."""
    parts: list[Any] = [*net.modules()]
    for part in parts:
        if hasattr(part, "source"):
            part.source = source
