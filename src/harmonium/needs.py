"""Needs of a stage, judge, command or section of a report, and reasons why they are not met.

The reason is the same text in the error of a recipe, in the error of a command, and under
"Left out" in a report.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harmonium.errors import UsageError

if TYPE_CHECKING:
    from harmonium.data import DataSet, Examples

__all__ = ["Needs", "able", "unmet"]


@dataclass(frozen=True)
class Needs:
    """What a model and the data must have.

    Args:
        model: abilities that a single model must have (``models.abilities``).
        data: required rows: "train", "test", "held out"; rows with a class label, "labelled
            train", "labelled test", "labelled held out"; rows with real targets, "targets train"
            and so on; rows with either, or with sequences to write, "known train". Or the
            required kind of columns: "pictures", "counts", "classes", "targets", "play" (in a
            world), "boxes" (of objects), "moves" or "outcomes" (of Go games), "joined" (several
            kinds of data), "windows" (of series, with the frames that follow), "written"
            (sequences to write), or "scenes" (of drawn shapes).
    """

    model: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


_ABILITIES: dict[str, tuple[str, str, str]] = {
    "acts": ("Acts", "chooses actions", "take type action_values"),
    "addresses": (
        "Addresses",
        "writes from a memory with heads",
        "take a neural_turing_machine",
    ),
    "aligns": (
        "Aligns",
        "looks back at what it read while it writes",
        "take a transducer or a neural_turing_machine",
    ),
    "ancestral": (
        "Ancestral",
        "is a directed net that is drawn from the top down",
        "take a sigmoid_belief_net",
    ),
    "bounded": (
        "Bounded",
        "has a lower bound on the likelihood",
        "take an autoencoder with a gaussian code, or a sigmoid_belief_net",
    ),
    "classifies": (
        "Classifies",
        "gives class probabilities",
        "add a fine_tune section, or take a model with classes",
    ),
    "completes": (
        "Completes",
        "infers missing values from known ones",
        "take a machine that is a single energy graph, such as multimodal_dbm",
    ),
    "continues": ("Continues", "predicts the next symbol of a text", "take a language model"),
    "convolves": ("Convolves", "is a net with convolutions", "take a net with a conv2d layer"),
    "counts": ("CountsRows", "learns by counting", "take a markov_chain"),
    "counts words": ("CountsWords", "is a model of documents", "take a replicated_softmax"),
    "decides": (
        "Decides",
        "finds the class of a row",
        "add a fine_tune section, or take a model with classes",
    ),
    "decodes": ("Decodes", "gives rows back from codes", "take an autoencoder"),
    "detects": ("Detects", "finds objects in pictures", "take type sliding_window"),
    "directed": ("Directed", "has directed layers", "take a belief_net, or train with energy"),
    "describes": ("Describes", "writes captions of pictures", "take type log_bilinear"),
    "embeds parts": (
        "EmbedsParts",
        "lays the parts of a row into one space",
        "take type joint_embedding",
    ),
    "discriminates": (
        "Discriminates",
        "tells rows of the data from rows that it makes",
        "take adversaries",
    ),
    "encodes": ("Encodes", "has hidden layers", "take a model with hidden units"),
    "enlarges": (
        "Enlarges",
        "makes small pictures larger",
        "take a codec whose encoder is the layers resize and flatten",
    ),
    "filters": ("Filters", "has filters to draw", "take a model with dense connections"),
    "forecasts": (
        "Forecasts",
        "predicts the next frame of a series",
        "take a conditional_rbm or a recurrent_temporal_rbm",
    ),
    "frame likelihood": (
        "ScoresFrames",
        "has a likelihood of the frames of a series",
        "take a conditional_rbm or a recurrent_temporal_rbm",
    ),
    "free energy": (
        "FreeEnergies",
        "has a free energy in closed form",
        "take a machine whose hidden groups are not connected with each other",
    ),
    "graph": ("EnergyBased", "is a single energy graph", "take an rbm or a dbm"),
    "hashes": ("Hashes", "gives rows addresses of bits", "take an autoencoder with a noisy code"),
    "intervals": (
        "Intervals",
        "forecasts several frames with intervals",
        "take type forecast",
    ),
    "latent": ("Latent", "makes rows of noise", "take adversaries"),
    "layered": ("Layered", "has layers to train one by one", "take an rbm, belief_net or dbm"),
    "map errors": ("Maps", "lays rows out on a map", "take type kohonen"),
    "mixes": ("Mixes", "draws by Markov chains", "take an energy model"),
    "net": ("Net", "is a net that learns by gradient descent", "unroll a machine first"),
    "nodes": (
        "ClassifiesNodes",
        "gives class probabilities of every node of a tree",
        "take a recursive_net, an rntn or a tree_lstm",
    ),
    "planes": ("HasPlanes", "has planes of cells", "take a neocognitron"),
    "predicts": ("Predicts", "predicts real values", "take an mlp whose outputs are values"),
    "reconstructs": ("Reconstructs", "reconstructs rows", "take a model that goes down again"),
    "remembers": (
        "Remembers",
        "has hidden values after every symbol of a text",
        "take a language model",
    ),
    "samples": (
        "Samples",
        "draws samples",
        "take a generative model, or an autoencoder with a gaussian code",
    ),
    "scores": (
        "Scores",
        "has a likelihood",
        "take an energy model; an autoencoder with a gaussian code has bounds",
    ),
    "steps": ("Steps", "is a Markov chain", "take a markov_chain"),
    "tags": ("Tags", "tags the words of a sentence", "take a tagger"),
    "transduces": (
        "Transduces",
        "writes a sequence for each that it reads",
        "take a transducer or a neural_turing_machine",
    ),
    "unfolds": ("Unfolds", "reads series by a reservoir", "take type reservoir"),
    "unrolls": ("Unrolls", "can become a net", "take a model of layers"),
}
"""Ability -> its protocol, what a model with it does, and the remedy if no model has it."""


_REMEDIES = {
    "train": "give some, or leave this out",
    "test": "set `test` of the source to a share or to a file, or leave this out",
    "held out": "set data.validation to a share, or give test rows",
}
"""Kind of rows -> the remedy if there are none."""


def able(abilities: Iterable[str], models: Iterable[Any]) -> Any:  # noqa: ANN401
    """Returns the last model with the given abilities, since later models build on earlier ones.

    Raises:
        ValueError: no model has them; the message gives the missing ability and the remedy.
    """
    there, wanted = list(models), list(abilities)
    for model in reversed(there):
        if all(_has(model, name) for name in wanted):
            return model
    lacking = [n for n in wanted if not any(_has(model, n) for model in there)] or wanted
    what = " and ".join(_ABILITIES[name][1] for name in lacking)
    raise UsageError(f"no model of this run {what}: {_ABILITIES[lacking[0]][2]}")


def unmet(needs: Needs, models: Iterable[Any], *, data: DataSet | None) -> str | None:
    """Returns the reason why needs are not met, or None if they are.

    Args:
        needs: of the stage, judge, command or section.
        models: of the run, in the order in which they were made.
        data: of the run; None if they cannot be read.

    >>> from harmonium import rbm
    >>> from harmonium.models import adapted
    >>> unmet(Needs(model=("classifies",)), [adapted(rbm(6, 3))], data=None)
    'no model of this run gives class probabilities: add a fine_tune section, or take a model \
with classes'
    """
    if needs.model:
        try:
            able(needs.model, models)
        except ValueError as error:
            return str(error)
    if needs.data and data is None:
        return "the data of the run cannot be read here"
    for name in needs.data:
        if data is not None and (reason := _missing(name, data)):
            return reason
    return None


def _has(model: object, ability: str) -> bool:
    protocol = getattr(
        importlib.import_module("harmonium.models.abilities"), _ABILITIES[ability][0]
    )
    return isinstance(model, protocol)


def _missing(name: str, data: DataSet) -> str | None:
    """Reason why the data lack these rows, or None."""
    if name in _KINDS:
        return _KINDS[name](data)
    if name in _PREDICTED:
        return _wrong_kind(name, data)
    what, _, rest = name.partition(" ")
    if what == "known":
        what, name = _known(data), rest
    if what == "targets" and (reason := _wrong_kind("targets", data)):
        return reason
    if what == "labelled" and data.targets:
        return _wrong_kind("classes", data)
    which = rest if what in {"labelled", "targets", "written"} else name
    return _no_rows(what, which, data=data)


def _no_rows(what: str, which: str, *, data: DataSet) -> str | None:
    """Reason why some splits lack rows, labelled rows or rows with targets; or None."""
    splits: dict[str, tuple[Examples | None, ...]] = {
        "train": (data.train,),
        "test": (data.test,),
        "held out": (data.test, data.validation),
    }
    words = {"train": "training", "test": "test", "held out": "test or validation"}[which]
    present = [split for split in splits[which] if split is not None and len(split)]
    if not present:
        return f"{data.name} has no {words} rows: {_REMEDIES[which]}"
    if what == "labelled" and not any(split.labelled_rows for split in present):
        give = "give labels to some of them, or leave this out"
        return f"{data.name} has no labelled {words} rows: {give}"
    if what == "labelled" and which == "train" and (only := _only_class(data)) is not None:
        return (
            f"{data.name}: all labelled training rows have the class {only}: give rows of at "
            "least two classes"
        )
    if what == "targets" and all(split.targets is None for split in present):
        give = "give them targets, or leave this out"
        return f"{data.name} has no {words} rows with real targets: {give}"
    return None


def _only_class(data: DataSet) -> str | int | None:
    """The class of all labelled training rows if they have only one, otherwise None."""
    labels = data.train.labels
    assert labels is not None
    known = labels[labels >= 0]
    first = int(known[0])
    return data.classes[first] if data.classes and bool((known == first).all()) else None


def _no_pictures(data: DataSet) -> str | None:
    from harmonium.data import Picture

    pictures = isinstance(data.columns["x"], Picture)
    return None if pictures else f"{data.name}: rows of shape {data.shape} are no pictures"


def _not_joined(data: DataSet) -> str | None:
    from harmonium.data import Joined

    joined = isinstance(data.columns["x"], Joined)
    return None if joined else f"{data.name}: its rows hold one kind of data, not several"


def _no_windows(data: DataSet) -> str | None:
    from harmonium.data import Series

    kind = data.columns["x"]
    if isinstance(kind, Series) and data.targets and len(data.targets) % kind.width == 0:
        return None
    return f"{data.name}: its rows are no windows of a series: take the reader windows"


def _known(data: DataSet) -> str:
    """What rows are learned from: "targets", "written" sequences, or "labelled"."""
    if data.targets:
        return "targets"
    return "labelled" if data.written is None else "written"


def _nothing_written(data: DataSet) -> str | None:
    if data.written is not None:
        return None
    return (
        f"{data.name} has no sequences to write: take a source with the column target, such as "
        "pairs"
    )


def _no_counts(data: DataSet) -> str | None:
    from harmonium.data import Counts

    if isinstance(data.columns["x"], Counts):
        return None
    return (
        f"{data.name}: its rows are not counts of words: read counts (arrays: counts: true), and "
        "leave transforms out"
    )


def _no_moves(data: DataSet) -> str | None:
    from harmonium.data.go import Planes, Points

    if isinstance(data.columns["x"], Planes) and isinstance(data.columns.get("y"), Points):
        return None
    return f"{data.name}: its rows are not Go positions with a move: take the source `go_games`"


def _no_outcomes(data: DataSet) -> str | None:
    known = "game" in data.columns and data.targets
    take = "take the source `go_games` with target: outcome"
    return None if known else f"{data.name}: its rows are not positions with an outcome: {take}"


def _no_boxes(data: DataSet) -> str | None:
    from harmonium.data import Boxes

    known = isinstance(data.columns.get("boxes"), Boxes)
    return None if known else f"{data.name}: its rows have no boxes: take `cluttered_scenes`"


def _no_play(data: DataSet) -> str | None:
    from harmonium.data import Actions

    if isinstance(data.columns.get("action"), Actions):
        return None
    return f"{data.name}: its rows are not of play in a world: take the source `environment`"


def _no_scenes(data: DataSet) -> str | None:
    from harmonium.data import Scenes

    if isinstance(data.columns.get("scene"), Scenes):
        return None
    return f"{data.name}: it is not known what its pictures show: take the source `scenes`"


_PREDICTED = {"classes", "targets"}
"""Kinds of the column to be predicted."""


def _wrong_kind(needed: str, data: DataSet) -> str | None:
    """Reason why the column to be predicted does not hold classes, or real targets; or None."""
    if needed == "targets":
        if data.targets:
            return None
        there = "its labels are classes: " if data.classes else ""
        return (
            f"{data.name} has no real targets: {there}set `target` of the source, or leave this "
            "out"
        )
    if data.classes:
        return None
    if data.targets:
        few = ", ".join(data.targets[:3]) + (", ..." if len(data.targets) > 3 else "")
        return (
            f"{data.name} has no classes: its targets are real numbers ({few}): give labels "
            "instead, or leave this out"
        )
    return f"{data.name} has no classes: give labels to some rows, or leave this out"


_KINDS: dict[str, Callable[[DataSet], str | None]] = {
    "boxes": _no_boxes,
    "counts": _no_counts,
    "joined": _not_joined,
    "moves": _no_moves,
    "outcomes": _no_outcomes,
    "pictures": _no_pictures,
    "play": _no_play,
    "scenes": _no_scenes,
    "windows": _no_windows,
    "written": _nothing_written,
}
"""Kind of columns -> the reason why data have none, or None."""
