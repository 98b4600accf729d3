"""The guide to choosing a net: which nets suit which task, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harmonium.describe.starter import unsuited
from harmonium.describe.starter_data import Facts, Holds

__all__ = ["GUIDE", "Line", "suited", "task_of"]


@dataclass(frozen=True)
class Line:
    """One line of the guide.

    Args:
        about: the task.
        nets: model that a recipe may start with -> why it suits, the first choice first.
        data: kinds of data of such a task, the most frequent first.
        recipes: built-in recipes of the task.
    """

    about: str
    nets: Mapping[str, str]
    data: tuple[str, ...]
    recipes: tuple[str, ...]


GUIDE: dict[str, Line] = {
    "patterns": Line(
        "patterns in rows without labels",
        {
            "rbm": "a restricted Boltzmann machine: its hidden units find what occurs together",
            "autoencoder": "an autoencoder: a short code has to keep what rows have in common",
        },
        ("arrays", "table", "image_folder", "text", "fasta"),
        ("digits_rbm", "digits_autoencoder", "newsgroups_topics", "alignment_potts_rbm"),
    ),
    "text": Line(
        "text: sentiment, grammar, names",
        {
            "rntn": "a recursive neural tensor net: a phrase means what its parts make it",
            "language": "a recurrent net: each word is read in the light of those before",
        },
        ("trees", "words", "characters"),
        ("sst_rntn", "sst_tree_lstm", "shakespeare_lstm"),
    ),
    "characters": Line(
        "a language model of characters",
        {"language": "a recurrent net: its state keeps what the characters so far were"},
        ("characters",),
        ("shakespeare_lstm", "shakespeare_gru", "shakespeare_mrnn"),
    ),
    "images": Line(
        "recognition of images",
        {
            "convnet": "a convolutional net: a feature is learned once and found in every place",
            "belief_net": "a deep belief net: its layers also learn from pictures without labels",
        },
        ("image_folder", "arrays"),
        ("digits_convnet", "digits_dbn", "mnist_lenet5"),
    ),
    "objects": Line(
        "recognition of objects",
        {
            "convnet": "a convolutional net: objects are found wherever they are",
            "rntn": "a recursive neural tensor net: parts are joined to objects, as a tree says",
        },
        ("image_folder", "arrays", "trees"),
        ("cifar_resnet", "cifar_densenet"),
    ),
    "speech": Line(
        "recognition of speech, as series of frames",
        {"recurrent": "a recurrent net: a sound depends on the sounds before"},
        ("series",),
        ("motions_rtrbm",),
    ),
    "classification": Line(
        "classification of rows in general",
        {
            "mlp": "a multilayer perceptron of rectified linear units: its gradients do not fade",
            "belief_net": "a deep belief net: it also learns from rows without labels",
            "regressor": "the same perceptron for real targets instead of classes",
        },
        ("table", "arrays", "image_folder"),
        ("digits_mlp", "digits_dbn", "diabetes_mlp"),
    ),
    "series": Line(
        "analysis of time series",
        {"recurrent": "a recurrent net: its state keeps what came before"},
        ("series",),
        ("motions_rtrbm", "motions_crbm"),
    ),
}
"""Task -> its line."""

_LABELLED: dict[Holds, str] = {"pictures": "images", "rows": "classification"}
_UNLABELLED: dict[Holds, str] = {"series": "series", "trees": "text"}


def task_of(data: str, facts: Facts) -> str:
    """The task for which data are usually collected.

    >>> from harmonium.describe.starter_data import DATA
    >>> [task_of(name, DATA[name].facts) for name in ("image_folder", "words", "text")]
    ['images', 'text', 'patterns']
    """
    if facts.holds == "tokens":
        return "text" if data == "words" else "characters"
    if facts.targets and not facts.classes:
        return "classification"
    labelled = _LABELLED.get(facts.holds) if facts.classes else None
    return labelled or _UNLABELLED.get(facts.holds, "patterns")


def suited(line: Line, data: str, *, facts: Facts) -> dict[str, str | None]:
    """Model -> reason why it cannot learn from the data, or None; those that can come first."""
    reasons = {model: unsuited(model, data, facts=facts) for model in line.nets}
    return dict(sorted(reasons.items(), key=lambda item: item[1] is not None))
