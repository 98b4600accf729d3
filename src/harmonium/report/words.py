"""Words for the names that figures have in a run's files."""

from __future__ import annotations

__all__ = ["figure_words"]

_UNITS = {
    "loss": "cross-entropy, nats",
    "cross_entropy": "cross-entropy, nats",
    "log_likelihood": "log-likelihood",
    "log_likelihood_optimistic": "log-likelihood, optimistic end",
    "reconstruction": "reconstruction error (mean square)",
    "flip_rate": "flip rate of the chains",
    "r_hat": "split R-hat of 100 sweeps of the chains",
    "ess": "effective draws of a chain in 100 sweeps",
    "norm": "norm of all weights",
    "pseudo_likelihood": "pseudo-log-likelihood, nats",
    "free_energy": "free energy, nats",
    "free_energy_gap": "free energy gap, nats",
    "bound": "variational bound, nats",
}


def figure_words(figure: str) -> str:
    """A figure's name as people write it.

    >>> figure_words("cross_entropy")
    'cross-entropy, nats'
    >>> figure_words("reconstruction_error")
    'reconstruction error'
    """
    return _UNITS.get(figure, figure.replace("_", " "))
