"""Words for the names that stages, tasks and figures have in a run's files."""

from __future__ import annotations

__all__ = ["figure_words", "stage_words", "task_words"]

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


def stage_words(stage: str) -> tuple[str, str]:
    """(the chart that a stage belongs to, its name among the others there).

    >>> stage_words("pretrain/1")
    ('pre-training', 'layer 2')
    >>> stage_words("fine_tune")
    ('fine-tuning', '')
    >>> stage_words("compare/random_start")
    ('fine-tuning', 'random start')
    """
    kind, _, rest = stage.partition("/")
    if kind == "pretrain":
        return "pre-training", f"layer {int(rest) + 1}" if rest.isdigit() else rest
    if kind == "compare":
        return "fine-tuning", task_words(rest)
    words = {"train": "training", "fine_tune": "fine-tuning"}
    return words.get(kind, kind.replace("_", " ")), rest.replace("_", " ")


def task_words(task: str) -> str:
    """A task or baseline as a row of a table calls it.

    >>> task_words("logistic_regression")
    'logistic regression'
    """
    names = {
        "classification_rbm": "classification RBM",
        "belief_net": "deep belief net",
        "dbm": "deep Boltzmann machine",
        "rbm": "RBM",
        "random_start": "random start",
        "svc": "support vector machine",
        "relu_net": "ReLU net",
    }
    return names.get(task, task.replace("_", " "))
