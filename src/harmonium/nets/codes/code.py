"""The code of a codec: from the outputs of the encoder to the numbers that the decoder reads."""

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn

from harmonium.random import Source

__all__ = ["Code", "Drawn", "Point"]


class Code(nn.Module, ABC):
    """Base class: makes a code of k numbers from w outputs z of the encoder.

    A code has no parameters. Its ``settings`` are the arguments of its constructor, from which a
    file makes it again.

    Attributes:
        source: random generator of draws in training (``nets.dropout.set_source``); None: that of
            ``random.seeded``, else torch's global one. Copies and files do not keep it.
    """

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.settings = settings
        self.source: Source = None

    def width(self, units: int) -> int:
        """Outputs of the encoder that a code of ``units`` numbers needs: as many, if not given."""
        return units

    @abstractmethod
    def point(self, z: Tensor) -> Tensor:
        """The code without randomness, ``(B, w) -> (B, k)``: the one that is measured and used."""

    @abstractmethod
    def forward(self, z: Tensor) -> Tensor:
        """The code that the decoder reads, ``(B, w) -> (B, k)``; random in training mode only."""

    def cost(self, z: Tensor) -> Tensor:
        """What the code of each row adds to the loss, ``(B,)``, in nats: 0, if not given."""
        return z.new_zeros(z.shape[0])

    def extra_repr(self) -> str:
        """The settings, for ``repr``."""
        return ", ".join(f"{name}={value}" for name, value in self.settings.items())

    def __getstate__(self) -> dict[str, Any]:
        """The state for copies and files, without the generator."""
        return {**self.__dict__, "source": None}


class Drawn(Code):
    """Base class of codes with a prior: a codec with such a code is a generative model.

    The encoder gives a distribution q(c | x) of the code, the prior is p(c). ``cost`` is the
    divergence KL(q(c | x) || p(c)).
    """

    @abstractmethod
    def draw(self, z: Tensor, source: Source = None) -> Tensor:
        """A sample of q(c | x), ``(B, w) -> (B, k)``, through which gradients reach z."""

    @abstractmethod
    def prior(self, n: int, like: Tensor, *, source: Source = None) -> Tensor:
        """n samples of p(c), ``(n, k)``; k, dtype and device are those of ``like (*, k)``."""

    @abstractmethod
    def log_ratio(self, z: Tensor, c: Tensor) -> Tensor:
        """log p(c) - log q(c | x), ``(B,)``, in nats."""

    def forward(self, z: Tensor) -> Tensor:
        """A draw in training mode, otherwise the point, ``(B, w) -> (B, k)``."""
        return self.draw(z, self.source) if self.training else self.point(z)


class Point(Code):
    """The outputs of the encoder themselves, c = z: the code of an ordinary autoencoder."""

    def __init__(self) -> None:
        super().__init__()

    def point(self, z: Tensor) -> Tensor:
        """z itself."""
        return z

    def forward(self, z: Tensor) -> Tensor:
        """z itself."""
        return z
