"""Abilities that say how a model learns: protocols for the stages of a recipe."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from torch import Tensor, nn

from harmonium.data import Examples, Rows
from harmonium.random import Source

__all__ = ["Ancestral", "CountsRows", "Directed", "EnergyBased", "Layered", "Net", "Unrolls"]


@runtime_checkable
class EnergyBased(Protocol):
    """Is one energy graph that learns as a whole."""

    def start(self, columns: Mapping[str, Rows], *, weights: Tensor | None = None) -> None:
        """Sets the initial parameters from training rows."""
        ...


@runtime_checkable
class CountsRows(Protocol):
    """Learns by counting its training rows."""

    def counted(self, rows: Examples) -> Examples:
        """The training rows in the form in which they are counted."""
        ...

    def count(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Replaces all that was learned by counts of training rows; returns scalars about it."""
        ...


@runtime_checkable
class Layered(Protocol):
    """Consists of layers that can be trained one after the other."""

    def split(self, depth: int | None = None) -> Sequence[Any]:
        """The layers as separate models, the lowest first."""
        ...

    def compose(self, layers: Sequence[Any]) -> None:
        """Takes over the parameters that the layers have learned."""
        ...


@runtime_checkable
class Directed(Protocol):
    """Has separate directed weights for recognition and generation."""

    def untie(self) -> None:
        """Separates the recognition parameters from the generative ones."""
        ...


@runtime_checkable
class Ancestral(Protocol):
    """Is a directed net whose layers are drawn from the top down, with a recognition net."""

    def generate(self, n: int, *, source: Source = None) -> dict[str, Tensor]:
        """Draws of all layers, ``(n, units)``, the column "x" first."""
        ...

    def begin(self, rows: Rows) -> None:
        """Sets the first biases from training rows ``(N, D)``."""
        ...


@runtime_checkable
class Unrolls(Protocol):
    """Can be turned into an ordinary net."""

    def unrolled(self, outputs: int, rows: Rows | None = None) -> nn.Sequential:
        """A net with the upward weights and a new output layer; ``rows`` as in ``unroll``."""
        ...


@runtime_checkable
class Net(Protocol):
    """Is an ordinary net that learns by gradient descent or error correction."""

    net: nn.Module

    @property
    def output_kind(self) -> str:
        """Kind of the outputs: "classes", "values", "probabilities" or "scores"."""
        ...

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of values of a row, then number of units of every layer."""
        ...
