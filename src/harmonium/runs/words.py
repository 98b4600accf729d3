"""Words for the names of stages and methods in the files of a run."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["layer_of", "layer_words", "stage_name", "stage_words", "task_words"]


def layer_of(stage: str) -> int | None:
    """Index of the layer that a part of a stage trains, from 0; None if not a single layer.

    >>> layer_of("pretrain/1"), layer_of("greedy-2/0"), layer_of("train"), layer_of("compare/svc")
    (1, 0, None, None)
    """
    level = stage.partition("/")[2]
    return int(level) if level.isascii() and level.isdigit() else None


def stage_words(stage: str) -> tuple[str, str]:
    """Words of a stage: (title of its chart, name within that chart).

    >>> stage_words("pretrain/1")
    ('pre-training', 'layer 2')
    >>> stage_words("greedy-2/0")
    ('pre-training 2', 'layer 1')
    >>> stage_words("fine_tune")
    ('fine-tuning', '')
    >>> stage_words("compare/random_start")
    ('fine-tuning', 'same net, random start')
    """
    kind, _, rest = stage.partition("/")
    if kind == "compare":
        return "fine-tuning", task_words(rest)
    words = {
        "fine_tune": "fine-tuning",
        "greedy": "pre-training",
        "judge": "evaluation",
        "layerwise": "pre-training",
        "pretrain": "pre-training",
        "train": "training",
    }
    name, _, again = kind.partition("-")  # "greedy-2" is the second greedy stage
    whole = f"{words.get(name, name.replace('_', ' '))} {again}".rstrip()
    layer = layer_of(stage)
    return whole, rest.replace("_", " ") if layer is None else f"layer {layer + 1}"


def stage_name(stage: str) -> str:
    """Words for a stage alone, as in a line of progress or a warning.

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
    """Words for a method, as in a row of a table.

    >>> task_words("logistic_regression")
    'logistic regression'
    """
    names = {
        "classification_rbm": "classification RBM",
        "belief_net": "deep belief net",
        "elementary_perceptron": "elementary perceptron (S-A-R)",
        "dbm": "deep Boltzmann machine",
        "deep": "deep multilayer perceptron",
        "ica": "ICA",
        "lsa": "LSA",
        "maxout": "maxout net",
        "multimodal_dbm": "multimodal deep Boltzmann machine",
        "mlp": "multilayer perceptron",
        "nmf": "NMF",
        "pca": "PCA",
        "rbm": "restricted Boltzmann machine",
        "random_start": "same net, random start",
        "svc": "support vector machine",
        "svd": "SVD",
        "relu_net": "ReLU net",
        "nearest_neighbours": "nearest neighbours, no model",
    }
    return names.get(task, task.replace("_", " "))


def layer_words(name: str, names: Collection[str]) -> str:
    """Words for a hidden layer, as in a caption.

    >>> layer_words("h1", ["h1"]), layer_words("h2", ["h1", "h2"]), layer_words("net", ["net"])
    ('hidden units', 'layer 2', 'net')
    """
    if name in ("h", "h1") and len(names) == 1:
        return "hidden units"
    number = name.removeprefix("h")
    return f"layer {number}" if number.isdigit() else name
