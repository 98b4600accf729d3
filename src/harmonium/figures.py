"""Figures: what each number that a run writes down means. The one table of them.

Whoever ranks, stops early, labels an axis or prints a value asks here; a new figure is one line.
"""

from dataclasses import dataclass
from typing import Literal

from harmonium.errors import UsageError

__all__ = ["Direction", "Figure", "better", "direction", "figure", "figures"]

Direction = Literal["min", "max"]
"""Whether less or more of a figure is better."""


@dataclass(frozen=True)
class Figure:
    """A named number.

    Args:
        name: as in a run's files, without the group of rows ("val/") before it.
        words: the name as people write it.
        unit: "share" (printed in per cent), "nats", "nats per row", or nothing.
        better: whether less or more of it is better; None: neither, or it is not known.
        final: whether it is a result on test rows, by which methods are ranked.
        repeats: the figure that says the same; this one is left out beside it.
        brackets: the figure of which this one is the other end.
        error: the key of its standard error over the rows, where a judge gives one.
    """

    name: str
    words: str
    unit: str = ""
    better: Direction | None = None
    final: bool = False
    repeats: str = ""
    brackets: str = ""
    error: str = ""

    @property
    def is_share(self) -> bool:
        """Whether it is a share of rows, such as accuracy."""
        return self.unit == "share"

    @property
    def axis(self) -> str:
        """Words and unit, for an axis.

        >>> figure("val/loss").axis, figure("val/accuracy").axis
        ('cross-entropy, nats', 'accuracy')
        """
        return f"{self.words}, {self.unit}" if self.unit and not self.is_share else self.words


_TABLE = (
    Figure("loss", "cross-entropy", "nats", "min"),
    Figure("cross_entropy", "cross-entropy", "nats", "min"),
    Figure("accuracy", "accuracy", "share", "max", final=True),
    Figure(
        "log_likelihood", "log-likelihood", "nats per row", "max", final=True, error="test_stderr"
    ),
    Figure(
        "log_likelihood_optimistic",
        "log-likelihood, optimistic end",
        "nats per row",
        "max",
        final=True,
        brackets="log_likelihood",
        error="test_stderr",
    ),
    Figure("error", "error", "share", "min", final=True, repeats="accuracy"),
    Figure("rmse", "root mean square error", better="min", final=True, error="rmse_stderr"),
    Figure("r2", "R², share of variance explained", better="max", final=True),
    Figure(
        "reconstruction_error",
        "reconstruction error (mean square)",
        better="min",
        final=True,
        error="reconstruction_stderr",
    ),
    Figure("log_likelihood_joint", "log-likelihood of data and label", "nats per row", "max"),
    Figure(
        "log_likelihood_joint_optimistic",
        "log-likelihood of data and label, optimistic end",
        "nats per row",
        "max",
        brackets="log_likelihood_joint",
    ),
    Figure("bernoulli", "Bernoulli loss", "nats per row", "min"),
    Figure("squared_error", "half the squared error", "nats per row", "min"),
    Figure("mistakes", "mistakes while learning", "share", "min"),
    Figure("pseudo_likelihood", "pseudo-log-likelihood", "nats", "max"),
    Figure("bound", "variational bound", "nats", "max"),
    Figure("bound_gap", "gap below the log-likelihood", "nats per row", "min"),
    Figure("reconstruction", "reconstruction error (mean square)", better="min"),
    Figure("free_energy", "free energy", "nats"),
    Figure("free_energy_gap", "free energy gap", "nats"),
    Figure("energy", "energy", "nats"),
    Figure("log_z", "log Z", "nats"),
    Figure("flip_rate", "flip rate of the chains"),
    Figure("norm", "norm of all weights"),
    Figure("r_hat", "split R-hat of 100 sweeps of the chains", better="min"),
    Figure("ess", "effective draws of a chain in 100 sweeps", better="max"),
)
"""In the order in which figures are told: of the final ones the first is a run's headline."""

_BY_NAME = {entry.name: entry for entry in _TABLE}


def figures(*, final: bool = False) -> tuple[Figure, ...]:
    """Every known figure, or only the final ones, in the order in which they are told."""
    return tuple(entry for entry in _TABLE if entry.final or not final)


def figure(name: str) -> Figure:
    """What a name stands for, with or without its group of rows; of an unknown one the words only.

    >>> figure("val/error").better, figure("some_figure")
    ('min', Figure(name='some_figure', words='some figure', unit='', better=None, final=False, \
repeats='', brackets='', error=''))
    """
    bare = name.rpartition("/")[2]
    return _BY_NAME.get(bare) or Figure(bare, bare.replace("_", " "))


def direction(name: str) -> Direction:
    """Whether less or more of a figure is better.

    Raises:
        ValueError: the table does not say.

    >>> direction("val/error"), direction("val/accuracy")
    ('min', 'max')
    """
    known = figure(name).better
    if known is None:
        there = ", ".join(entry.name for entry in _TABLE if entry.better is not None)
        raise UsageError(
            f"whether less or more of {name!r} is better is not known: give the mode, min or max, "
            f"or take one of {there}"
        )
    return known


def better(new: float, old: float | None, *, mode: Direction, min_delta: float = 0.0) -> bool:
    """Whether a number improves on the best one so far (None: there is none).

    >>> better(0.2, 0.3, mode="min"), better(0.2, 0.3, mode="max")
    (True, False)
    """
    if old is None:
        return new == new
    return new < old - min_delta if mode == "min" else new > old + min_delta
