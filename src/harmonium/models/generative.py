"""Abilities of models that make rows: protocols with one main method."""

from typing import Protocol, runtime_checkable

from torch import Tensor

from harmonium.models.writing import Batch
from harmonium.random import Source

__all__ = ["Bounded", "Decodes", "Discriminates", "Enlarges", "Latent", "Samples"]


@runtime_checkable
class Bounded(Protocol):
    """Has a lower bound on the log-likelihood of rows."""

    def bounds(self, batch: Batch, *, samples: int, source: Source = None) -> dict[str, Tensor]:
        """Bounds on log p(x) of every row, ``(B,)``, in nats.

        "elbo" is the evidence lower bound, "importance_weighted" the tighter one of several
        samples of the code for each row.

        Args:
            batch: the rows.
            samples: of the code, for each row.
            source: random generator.
        """
        ...


@runtime_checkable
class Decodes(Protocol):
    """Gives rows back from codes."""

    def decode(self, codes: Tensor) -> Batch:
        """The column "x" of rows with these codes ``(n, k)``: values in the range of the data."""
        ...


@runtime_checkable
class Discriminates(Protocol):
    """Tells rows of the data from rows that it makes."""

    classes: int
    """Number of classes whose rows it tells apart one by one; 0 for none."""

    def scores(self, batch: Batch) -> Tensor:
        """Score of every row, ``(B,)``: high for rows of the data; "y" where it has classes."""
        ...


@runtime_checkable
class Enlarges(Protocol):
    """Makes small pictures larger: its code is the picture itself, made small."""

    small: tuple[int, ...]
    """Shape of a small picture, (channels, rows, columns); a model of other codes lacks it."""

    def decode(self, codes: Tensor) -> Batch:
        """The column "x" of large pictures from small ones, ``(n, k)``."""
        ...


@runtime_checkable
class Latent(Protocol):
    """Makes rows of noise, step by step on the way from some noise to other."""

    def latents(self, n: int, *, source: Source = None) -> Tensor:
        """Draws noise, ``(n, k)``."""
        ...

    def path(self, first: Tensor, last: Tensor, *, steps: int) -> Tensor:
        """Noise on the way from some to others, ``(B, k) -> (steps, B, k)``, ends included."""
        ...

    def drawn(self, latents: Tensor) -> Batch:
        """The column "x" of rows from noise, ``(n, k) -> (n, D)``."""
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
        """Draws n samples, ``(n, *shape)``: visible means given the last hidden states.

        Args:
            n: number of samples.
            given: known columns: "x" with NaN where values are free, or "y".
            sweeps: number of Gibbs sweeps, where the model needs chains.
            source: random generator.

        Raises:
            ValueError: the model cannot hold these columns.
        """
        ...

    def sweeps(self, most: int) -> int:
        """Number of sweeps that take as long as ``most`` sweeps of a machine with two groups."""
        ...
