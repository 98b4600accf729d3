"""Words for the names that stages and methods have in a run's files."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["layer_words", "stage_name", "stage_words", "task_words"]


def stage_words(stage: str) -> tuple[str, str]:
    """(the chart that a stage belongs to, its name among the others there).

    >>> stage_words("pretrain/1")
    ('pre-training', 'layer 2')
    >>> stage_words("fine_tune")
    ('fine-tuning', '')
    >>> stage_words("compare/random_start")
    ('fine-tuning', 'same net, random start')
    """
    kind, _, rest = stage.partition("/")
    if kind == "pretrain":
        return "pre-training", f"layer {int(rest) + 1}" if rest.isdigit() else rest
    if kind == "compare":
        return "fine-tuning", task_words(rest)
    words = {"train": "training", "fine_tune": "fine-tuning", "judge": "evaluation"}
    return words.get(kind, kind.replace("_", " ")), rest.replace("_", " ")


def stage_name(stage: str) -> str:
    """A stage by itself, as a line of progress or a warning calls it.

    >>> stage_name("pretrain/1"), stage_name("judge")
    ('pre-training of layer 2', 'evaluation')
    >>> stage_name("compare/svc")
    'comparison with support vector machine'
    """
    kind, _, rest = stage.partition("/")
    if kind == "compare":
        return f"comparison with {task_words(rest)}"
    if kind == "report":
        return "writing the report"
    whole, part = stage_words(stage)
    return f"{whole} of {part}" if part else whole


def task_words(task: str) -> str:
    """A method as a row of a table calls it.

    >>> task_words("logistic_regression")
    'logistic regression'
    """
    names = {
        "classification_rbm": "classification RBM",
        "belief_net": "deep belief net",
        "dbm": "deep Boltzmann machine",
        "rbm": "restricted Boltzmann machine",
        "random_start": "same net, random start",
        "svc": "support vector machine",
        "relu_net": "ReLU net",
    }
    return names.get(task, task.replace("_", " "))


def layer_words(name: str, names: Collection[str]) -> str:
    """A hidden layer as a caption calls it.

    >>> layer_words("h", ["h"]), layer_words("h2", ["h1", "h2"]), layer_words("net", ["net"])
    ('hidden units', 'layer 2', 'net')
    """
    if name == "h" and len(names) == 1:
        return "hidden units"
    number = name.removeprefix("h")
    return f"layer {number}" if number.isdigit() else name
