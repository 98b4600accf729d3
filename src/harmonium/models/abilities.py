"""Abilities of trained models: each is a protocol with one main method.

A *batch* maps names of columns to tensors, batch axis first: "x" is the input, "y" the class or
the target. Commands, judges and sections of reports ask only for abilities, so that they work with
every new kind of model.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from torch import Tensor, nn

from harmonium.data import Examples, Rows
from harmonium.graph import EnergyGraph, State
from harmonium.likelihood import Ladder
from harmonium.models.generative import (
    Bounded,
    Decodes,
    Discriminates,
    Enlarges,
    Latent,
    Samples,
)
from harmonium.models.learnable import (
    Ancestral,
    CountsRows,
    Directed,
    EnergyBased,
    Layered,
    Net,
    Unrolls,
)
from harmonium.models.writing import Addresses, Aligns, Batch, Describes, Tags, Transduces
from harmonium.nets.anatomy import LayerFacts
from harmonium.random import Source
from harmonium.sampling.picking import Pick

__all__ = [
    "Acts",
    "Addresses",
    "Aligns",
    "Ancestral",
    "Batch",
    "Bounded",
    "Classifies",
    "ClassifiesNodes",
    "Completes",
    "Continues",
    "Convolves",
    "CountsRows",
    "CountsWords",
    "Decides",
    "Decodes",
    "Described",
    "Describes",
    "Detects",
    "Directed",
    "Discriminates",
    "EmbedsParts",
    "Encodes",
    "EnergyBased",
    "Enlarges",
    "Filters",
    "Forecasts",
    "FreeEnergies",
    "HasPlanes",
    "Hashes",
    "Intervals",
    "Latent",
    "Layered",
    "Maps",
    "Mixes",
    "Net",
    "Predicts",
    "Reconstructs",
    "Remembers",
    "Samples",
    "Scores",
    "ScoresFrames",
    "Steps",
    "Tags",
    "Transduces",
    "Unfolds",
    "Unrolls",
]


@runtime_checkable
class Acts(Protocol):
    """Chooses actions by their values."""

    def act(self, batch: Batch) -> Tensor:
        """The best action for each observation in "x", ``(B,)``, int64."""
        ...

    def values(self, batch: Batch) -> Tensor:
        """Expected sum of discounted rewards after every action, ``(B, actions)``."""
        ...


@runtime_checkable
class Classifies(Protocol):
    """Gives class probabilities."""

    def log_probs(self, batch: Batch) -> Tensor:
        """log p(class | x), ``(B, classes)``, in nats."""
        ...


@runtime_checkable
class Completes(Protocol):
    """Infers missing values from known ones."""

    def infer(
        self, batch: Batch, *, like: Batch | None = None, sweeps: int = 0, source: Source = None
    ) -> Batch:
        """Expected values of all columns given the known ones.

        Args:
            batch: "x" with NaN where values are missing, or some of its parts by their names.
            like: complete rows, at whose means missing values begin; None: the model's own start.
            sweeps: of a Gibbs chain for each row, along which means are averaged; 0: mean field.
            source: random generator of the chains.
        """
        ...


@runtime_checkable
class ClassifiesNodes(Protocol):
    """Gives class probabilities of every node of a tree."""

    def log_probs(self, batch: Batch) -> Tensor:
        """log p(class | tree) of the root, ``(B, classes)``, in nats."""
        ...

    def node_log_probs(self, batch: Batch) -> Tensor:
        """log p(class | tree) of every node, in post-order, ``(B, nodes, classes)``, in nats."""
        ...

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]:  # noqa: FBT001, FBT002
        """The parameters."""
        ...


@runtime_checkable
class Continues(Protocol):
    """Predicts the next symbol of a text."""

    def next_log_probs(self, rows: Examples) -> Tensor:
        """log p of every symbol that follows another one, in nats, ``(symbols,)``."""
        ...

    def continued(
        self, prompt: Tensor, length: int, *, pick: Pick | None = None, source: Source = None
    ) -> Tensor:
        """Continues every row of a prompt by drawn symbols, ``(n, T) -> (n, length)``."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """Has hidden values after every symbol of a text."""

    def activities(self, tokens: Tensor) -> Tensor:
        """Hidden values after every symbol, ``(n, T) -> (n, T, units)``."""
        ...


@runtime_checkable
class Steps(Protocol):
    """Is a Markov chain of symbols."""

    def transitions(self) -> Tensor:
        """p(next symbol | symbol), ``(symbols, symbols)``, rows sum to 1."""
        ...


@runtime_checkable
class Convolves(Protocol):
    """Is a net with layers of kernels, which reads pictures."""

    net: nn.Module
    convolutions: tuple[str, ...]
    """Names of the layers of kernels, the lowest first; a net without any lacks the attribute."""


@runtime_checkable
class CountsWords(Protocol):
    """Is a model of documents of any length, as counts of words."""

    def log_words(self, counts: Tensor, *, train: Rows, ladder: Ladder) -> dict[str, Tensor]:
        """log p of the words of documents ``(N, D)``: "forward" and "reverse", ``(N,)``, nats."""
        ...


@runtime_checkable
class Decides(Protocol):
    """Decides for a class, with or without a probability."""

    def decide(self, batch: Batch) -> Tensor:
        """Index of the class of each row, ``(B,)``, int64."""
        ...


@runtime_checkable
class Predicts(Protocol):
    """Predicts real values."""

    def predict(self, batch: Batch) -> Tensor:
        """Expected values of the column "y", ``(B, values)``."""
        ...


@runtime_checkable
class EmbedsParts(Protocol):
    """Lays the parts of a row, such as a picture and words, into one space."""

    def embed(self, part: str, values: Tensor) -> Tensor:
        """Codes of unit length of one part's values, ``(B, D_part) -> (B, k)``."""
        ...


@runtime_checkable
class Encodes(Protocol):
    """Gives hidden features."""

    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Layer -> mean activities ``(B, *shape)``, the lowest layer first; the last is the code.

        Every layer has a name, even if there is only one.
        """
        ...


@runtime_checkable
class Reconstructs(Protocol):
    """Encodes rows and decodes them again."""

    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """Name of the path through the layers -> reconstructed batch, the shortest path first."""
        ...


@runtime_checkable
class Described(Protocol):
    """May be a net that is described by its layers."""

    def anatomy(self, depth: int | None = None) -> list[LayerFacts]:
        """The layers, lists of them as one row below a depth; empty for other nets."""
        ...


@runtime_checkable
class Detects(Protocol):
    """Finds objects in pictures."""

    def detect(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Boxes ``(B, most, 4)`` (``data.Boxes``) and scores ``(B, most)``, the highest first."""
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
        """Mean log-likelihood in nats per row, with its interval; see ``likelihood.density``."""
        ...


@runtime_checkable
class ScoresFrames(Protocol):
    """Has a likelihood of every frame of a series, given the ones before it."""

    @property
    def lags(self) -> int:
        """Frames at the start of a series that are not predicted."""
        ...

    def log_frames(
        self, batch: Batch, ladder: Ladder, *, source: Source = None
    ) -> dict[str, Tensor]:
        """log p of each frame given the true ones before it, ``(B, T - lags)``, in nats.

        "forward" is too high on average, "reverse" too low; where p is known they are equal.
        """
        ...


@runtime_checkable
class Filters(Protocol):
    """Has weights that can be drawn as rows of the data."""

    def filters(self) -> dict[str, Tensor]:
        """Layer -> weights of each of its units in the space of the data, ``(units, D)``."""
        ...


@runtime_checkable
class Forecasts(Protocol):
    """Predicts the next frame of a series, and draws what may follow."""

    @property
    def lags(self) -> int:
        """Frames at the start of a series that are not predicted."""
        ...

    def known(self, batch: Batch) -> Tensor:
        """Whether each predicted frame exists, ``(B, T - lags)``, or comes after the end."""
        ...

    def forecast(self, batch: Batch, *, source: Source = None) -> Tensor:
        """Each frame of "x" from the true frames before it, ``(B, T - lags, C)``."""
        ...

    def continued(self, batch: Batch, frames: int, *, source: Source = None) -> Tensor:
        """Draws of frames that may follow the series "x", ``(B, frames, C)``."""
        ...

    def begin_series(self, batch: Batch) -> None:
        """Sets the first parameters from training series."""
        ...

    def limiter(self, batch: Batch) -> Callable[[], None]:
        """A function, to be called after every update, that limits what training series teach."""
        ...


@runtime_checkable
class FreeEnergies(Protocol):
    """Has a free energy in closed form: a log-probability of rows up to log Z."""

    def free_energy(self, batch: Batch) -> Tensor:
        """Free energy F(x) = -log p(x) - log Z, ``(B,)``, in nats."""
        ...


@runtime_checkable
class HasPlanes(Protocol):
    """Has planes of cells that are alike."""

    def planes(self, batch: Batch) -> dict[str, Tensor]:
        """Stage -> answers of its planes, ``(B, planes, rows, columns)``."""
        ...


@runtime_checkable
class Hashes(Protocol):
    """Gives short addresses of bits, which are near each other for rows that are alike."""

    def bits(self, batch: Batch) -> Tensor:
        """Bits of each row, ``(B, k)``, bool."""
        ...


@runtime_checkable
class Intervals(Protocol):
    """Forecasts several frames of a series, with intervals."""

    def intervals(self, batch: Batch) -> dict[str, Tensor]:
        """Returns "lower", "value" and "upper" of future frames, ``(B, H, channels)`` each."""
        ...


@runtime_checkable
class Maps(Protocol):
    """Lays rows out on a map of prototypes."""

    def map_errors(self, batch: Batch) -> dict[str, Tensor]:
        """Errors of every row, ``(B,)``: "quantisation_error" and "topographic_error"."""
        ...


@runtime_checkable
class Mixes(Protocol):
    """Samples with Markov chains that can be observed."""

    def chain(self, batch: Batch) -> tuple[EnergyGraph, State]:
        """The graph in which the chains run, and the state of its first group for a batch."""
        ...


@runtime_checkable
class Unfolds(Protocol):
    """Reads a series by a reservoir, whose units can be seen frame by frame."""

    def unfold(self, x: Tensor) -> dict[str, Tensor]:
        """Units and outputs after every frame of one series ``(T, channels)``.

        "units" ``(T, units)``, "outputs" ``(T, k)``, and of spiking units "spikes"
        ``(steps, units)``.
        """
        ...
