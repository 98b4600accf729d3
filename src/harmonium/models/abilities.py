"""What a trained model can do: one ability, one method.

A *batch* maps the names of columns to tensors, batch axis first. The column of the input is "x",
that of the class "y". Verbs, judges and sections of reports ask for abilities and for nothing
else, so that a new kind of model works with all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from torch import Tensor, nn

from harmonium.data import Rows
from harmonium.graph import EnergyGraph, State
from harmonium.likelihood import Ladder
from harmonium.random import Source

__all__ = [
    "Batch",
    "Classifies",
    "Decides",
    "Directed",
    "Encodes",
    "EnergyBased",
    "Filters",
    "FreeEnergies",
    "Layered",
    "Mixes",
    "Net",
    "Predicts",
    "Reconstructs",
    "Samples",
    "Scores",
    "Unrolls",
]

Batch = Mapping[str, Tensor]
"""Column -> values, ``(B, *shape)``."""


@runtime_checkable
class Classifies(Protocol):
    """Gives class probabilities."""

    def log_probs(self, batch: Batch) -> Tensor:
        """log p(class | x), ``(B, classes)``, in nats."""
        ...


@runtime_checkable
class Decides(Protocol):
    """Finds the class of a row, with or without a probability."""

    def decide(self, batch: Batch) -> Tensor:
        """Indices of classes, ``(B,)``, int64."""
        ...


@runtime_checkable
class Predicts(Protocol):
    """Predicts real values."""

    def predict(self, batch: Batch) -> Tensor:
        """The expected values of the column "y", ``(B, values)``."""
        ...


@runtime_checkable
class Encodes(Protocol):
    """Gives hidden features."""

    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Layer -> mean activities ``(B, *shape)``, the lowest layer first; the last is the code.

        A name is given to every layer, also where there is one only.
        """
        ...


@runtime_checkable
class Reconstructs(Protocol):
    """Goes up to the code and down again."""

    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """Through which layers -> the batch that comes back, the shortest way first."""
        ...


@runtime_checkable
class Samples(Protocol):
    """Draws new examples."""

    def sample(
        self,
        n: int,
        *,
        given: Batch | None = None,
        sweeps: int = 1000,
        source: Source = None,
    ) -> Batch:
        """n draws, ``(n, *shape)`` each, as means given the last hidden states.

        Args:
            n: how many.
            given: columns that are known: "x" with NaN where it is free, or "y".
            sweeps: Gibbs sweeps, where the model needs chains.
            source: random numbers.

        Raises:
            ValueError: the model cannot hold these columns.
        """
        ...

    def sweeps(self, most: int) -> int:
        """How many sweeps fit into the time of ``most`` sweeps of a machine of two groups."""
        ...


@runtime_checkable
class Scores(Protocol):
    """Has a likelihood."""

    def log_density(
        self,
        rows: Mapping[str, Rows],
        *,
        train: Rows | None = None,
        ladder: Ladder | None = None,
    ) -> dict[str, Any]:
        """Mean log-likelihood in nats per row with its bracket; see ``likelihood.density``."""
        ...


@runtime_checkable
class Filters(Protocol):
    """Has weights that can be drawn in the space of the data."""

    def filters(self) -> dict[str, Tensor]:
        """Layer -> what each of its units weighs in the data, ``(units, D)``."""
        ...


@runtime_checkable
class FreeEnergies(Protocol):
    """Has an unnormalised log-probability of rows in closed form."""

    def free_energy(self, batch: Batch) -> Tensor:
        """-log p(x) - log Z, ``(B,)``, in nats."""
        ...


@runtime_checkable
class Mixes(Protocol):
    """Draws by Markov chains, which can be watched."""

    def chain(self, batch: Batch) -> tuple[EnergyGraph, State]:
        """The graph that the chains run in, and its first group as the batch sets it."""
        ...


# --- how a model learns ---------------------------------------------------------------------


@runtime_checkable
class EnergyBased(Protocol):
    """Is one energy graph, which learns as a whole."""

    def start(self, columns: Mapping[str, Rows], *, weights: Tensor | None = None) -> None:
        """Takes the first parameters from training rows."""
        ...


@runtime_checkable
class Layered(Protocol):
    """Consists of layers that can be trained one after the other."""

    def split(self) -> Sequence[Any]:
        """The layers as models of their own, the lowest first."""
        ...

    def compose(self, layers: Sequence[Any]) -> None:
        """Takes what the layers have learned."""
        ...


@runtime_checkable
class Directed(Protocol):
    """Recognises and generates by layers of their own."""

    def untie(self) -> None:
        """Gives recognition parameters of its own."""
        ...


@runtime_checkable
class Unrolls(Protocol):
    """Can become an ordinary net."""

    def unrolled(self, outputs: int) -> nn.Sequential:
        """The way up, with a new output layer."""
        ...


@runtime_checkable
class Net(Protocol):
    """Is an ordinary net that learns by gradient descent or error correction."""

    net: nn.Module

    @property
    def output_kind(self) -> str:
        """What its outputs are: "classes", "values", "probabilities" or "scores"."""
        ...

    @property
    def sizes(self) -> tuple[int, ...]:
        """Values of a row and units of every layer."""
        ...
