"""Words for the names that stages and tasks have in a run's files."""

from __future__ import annotations

__all__ = ["stage_words", "task_words"]


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
