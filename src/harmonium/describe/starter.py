"""Writes a commented recipe for the user's own data."""

import math
import shlex
from collections.abc import Collection

from harmonium.catalogue.find import nearest
from harmonium.describe.starter_data import DATA, Facts, cell, predicted, quoted, source_of
from harmonium.describe.starter_models import MODELS
from harmonium.errors import UsageError
from harmonium.printable import printable

__all__ = ["DATA", "MODELS", "starter", "unsuited"]

_HEAD = """\
# harmonium train {file}
# {title}
# Change what you like: `harmonium validate` checks it, `harmonium schema` makes editors help.
version: 1
seed: 0                       # all random numbers follow from it; null draws one
"""

_SCALED = """\
  transforms:
    - scale                   # each value to [0, 1]; {type: scale, divide: 255} for 8-bit pixels
"""
_STANDARDISED = """\
  transforms:
    - standardise             # each value to mean 0 and standard deviation 1
"""
_WEIGHED = """\
  transforms:
    - {type: tf_idf, length: 8}   # log(1 + count), less for words that many documents have
"""

_ALL_LABELS = """\
  labels: null                # {per_class: 10} lets only so many training labels be seen
"""

_HELD = """\
  validation: 0.1             # a share of the rows is set aside to watch the learning
"""

_WORDS = {
    "counts": "counts of words",
    "pictures": "pictures",
    "rows": "rows of numbers",
    "sequences": "aligned sequences",
    "series": "time series",
    "tokens": "a text to be continued",
    "trees": "trees",
}
"""What a row is -> its name in a message."""


def starter(
    *,
    model: str = "belief_net",
    data: str = "image_folder",
    file: str = "",
    facts: Facts | None = None,
) -> str:
    """Returns the text of a recipe, with comments.

    Args:
        model: a key of ``MODELS``.
        data: a key of ``DATA``, or a known set.
        file: the name of the file, for its first line.
        facts: of the data; None for those that the comments describe.

    Raises:
        ValueError: there is no such model or kind of data (the message gives the nearest), or
            they do not go together.
    """
    _known(model, MODELS, what="model")
    source = source_of(data, facts)
    known = source.facts
    if reason := unsuited(model, data, facts=known):
        raise UsageError(reason)
    start = MODELS[model]
    typed = printable(shlex.quote(file or f"{model}.yaml"), lines=False)
    head = _HEAD.format(file=typed, title=f"{source.title}: {start.about}.")
    body = source.part.format(**_of_data(model, data, facts=known))
    return head + body + start.parts[known.holds].format(**_of_model(known))


def unsuited(model: str, data: str, *, facts: Facts) -> str | None:
    """Reason why a model cannot learn from data, or None.

    >>> unsuited("rntn", "image_folder", facts=DATA["image_folder"].facts)
    "data 'image_folder' hold pictures, which rntn does not read: take trees"
    """
    start = MODELS[model]
    if facts.holds not in start.parts:
        takes = [name for name, source in DATA.items() if source.facts.holds in start.parts]
        return (
            f"data {data!r} hold {_WORDS[facts.holds]}, which {model} does not read: take "
            f"{' or '.join(takes)}"
        )
    if start.learns and not getattr(facts, start.learns):
        what = "real targets" if start.learns == "targets" else "classes"
        takes = [name for name, source in DATA.items() if getattr(source.facts, start.learns)]
        return f"data {data!r} have no {what}, which {model} learns: take {' or '.join(takes)}"
    return None


def _of_data(model: str, data: str, *, facts: Facts) -> dict[str, object]:
    """Values of the part of the data."""
    learns = MODELS[model].learns
    return {
        "path": quoted(facts.path),
        "size": str([*facts.shape]),
        "test": cell(facts.test),
        "unit": data,
        "symbols": facts.symbols,
        "longest": facts.longest,
        "alphabet": quoted(facts.alphabet),
        "unknown": facts.unknown,
        "labelled": str(facts.classes > 0).lower(),
        "time": cell(facts.time),
        "length": cell(facts.length),
        "labels": _ALL_LABELS if learns == "classes" else "",
        "held": _HELD if facts.holds in {"pictures", "rows"} else "",
        "transforms": _transforms(model, data, facts=facts),
        "predicted": predicted(
            data, facts, real=learns == "targets", labelled=learns == "classes"
        ),
    }


def _transforms(model: str, data: str, *, facts: Facts) -> str:
    if facts.holds == "counts":
        return "" if model == "rbm" else _WEIGHED
    if facts.holds == "rows":
        return _STANDARDISED  # their range is unknown
    return _SCALED if data in DATA else ""


def _of_model(facts: Facts) -> dict[str, object]:
    """Values of the part of the model."""
    real, counts = facts.holds == "rows", facts.holds == "counts"
    width = facts.symbols if counts else math.prod(facts.shape)
    channels, *size = facts.shape if len(facts.shape) == 3 else (1, *facts.shape)
    return {
        "width": width,
        "shape": [*facts.shape],
        "visible": f"{{type: gaussian, shape: {width}}}" if real else width,
        "rate": "0.01" if real else "0.05",
        "picture": [channels, *size],
        "classes": facts.classes,
        "targets": facts.targets,
        "values": "values" if real else "shares" if counts else "probabilities",
        "objective": "squared_error" if real else _PER_WORD if counts else "bernoulli",
        "symbols": facts.symbols,
        "longest": facts.longest,
        "streams": facts.streams,
    }


_PER_WORD = "{type: multinomial, per_word: true}"


def _known(name: str, names: Collection[str], *, what: str) -> None:
    if name not in names:
        raise UsageError(f"no {what} {name!r}{nearest(name, names)}")
