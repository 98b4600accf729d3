"""The data: splits, number of rows of each class, some examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.matrix import heat
from harmonium.report.page import Code, Picture, Section
from harmonium.report.pictures import images
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import DataSet, Examples

__all__ = ["ENTRY", "section"]

_CLASSES, _SHOWN = 30, 40
_FEATURES = 16
_SYMBOLS, _ROWS = 100, 5


def section(evidence: Evidence) -> Section | str:
    """Section of splits, classes and examples, or the reason why there is none."""
    data = evidence.data
    assert data is not None
    if data.written is not None and data.vocabulary is not None:
        return Section("The data", _sequences(data))
    if data.vocabulary is not None:
        return Section("The data", _texts(data))
    parts: list[str | Table | Picture | Code] = [_splits(data)]
    parts += [part for part in (_balance(data), _targets(data)) if part is not None]
    if data.written is not None:
        parts.append(_first_written(data))
    parts.append(_examples(evidence) if evidence.image else _sentences(data) or _features(data))
    return Section("The data", parts)


def _splits(data: DataSet) -> Table:
    from harmonium.data import extremes

    rows = [
        [name, len(split), _labelled(split), *map(float, extremes(split.x))]
        for name, split in data.splits().items()
        if len(split)
    ]
    each = " x ".join(map(str, data.shape))
    caption = f"{data.name}: each row has {each} values, shown after the recipe's transforms"
    columns = ["split", "rows", "labelled", "smallest value", "largest value"]
    return Table(columns=columns, rows=rows, caption=caption)


def _texts(data: DataSet) -> list[str | Table | Code]:
    """Sizes of the texts, the symbols that occur, and the beginning of each text."""
    from harmonium.data import Tokens

    known, kind = data.vocabulary, data.columns["x"]
    assert known is not None
    assert isinstance(kind, Tokens)
    rows = [[name, len(split), int((split.x[:, 1:] >= 0).sum())] for name, split in _parts(data)]
    table = Table(
        columns=["split", "rows", f"{known.unit} to predict"],
        rows=rows,
        caption=f"{data.name}: {len(known)} different {known.unit}, {kind.length - 1} in a row",
    )
    few = " ".join(map(repr, known.symbols[:_SYMBOLS]))
    more = f", and {len(known) - _SYMBOLS} more" if len(known) > _SYMBOLS else ""
    starts = [Code(kind.text(x.x[:_ROWS]), f"beginning of {name}") for name, x in _parts(data)]
    return [table, f"The {known.unit}: {few}{more}.", *starts]


def _sequences(data: DataSet) -> list[str | Table | Code]:
    """Sizes of sequences to read and to write, the symbols that occur, and some rows."""
    read, write = data.vocabulary, data.written
    assert read is not None
    assert write is not None
    both = ("x", "target")
    rows: list[list[Any]] = []
    for name, split in _parts(data):
        lengths = [(split.columns[column][:] >= 0).sum(1).double() for column in both]
        rows.append([name, len(split), *(f(n) for n in lengths for f in (_mean, _most))])
    table = Table(
        columns=["split", "rows", "read, mean", "longest", "written, mean", "the longest"],
        rows=rows,
        specs={"read, mean": ".1f", "written, mean": ".1f"},
        caption=f"{data.name}: {len(read)} different {read.unit} to read, {len(write)} to write",
    )
    name, split = _parts(data)[0]
    first = split.batch(slice(_ROWS))
    lines = [
        f"{read.decode(x)}\n    {write.decode(y)}"
        for x, y in zip(first["x"], first["target"], strict=True)
    ]
    return [table, Code("\n".join(lines), f"first rows of {name}, and what is to be written")]


def _first_written(data: DataSet) -> Code:
    """What is to be written for the first training rows."""
    assert data.written is not None
    name, split = _parts(data)[0]
    texts = [data.written.decode(row) for row in split.columns["target"][:_ROWS]]
    return Code("\n".join(texts), f"to be written for the first rows of {name}")


def _mean(values: Tensor) -> float:
    return float(values.mean())


def _most(values: Tensor) -> int:
    return int(values.max())


def _parts(data: DataSet) -> list[tuple[str, Any]]:
    return [(name, split) for name, split in data.splits().items() if len(split)]


def _labelled(split: Examples) -> int | None:
    return None if split.labels is None else split.labelled_rows


def _counts(split: Examples, size: int) -> list[int] | None:
    if split.labels is None:
        return None
    known = split.labels[split.labels >= 0]
    return [int(n) for n in known.bincount(minlength=size)[:size]] if size else None


def _balance(data: DataSet) -> Table | str | None:
    """Number of rows of each class: with a label for training, and held out."""
    size = len(data.classes)
    counts = {name: _counts(split, size) for name, split in data.splits().items()}
    columns = {name: column for name, column in counts.items() if column and any(column)}
    if not columns:
        return None
    if size > _CLASSES:
        ranges = (f"{min(c)} to {max(c)} in {name}" for name, c in columns.items())
        return f"{size} classes; labelled rows of a class: {', '.join(ranges)}."
    caption = (
        "Number of labelled rows of each class; only labels of training rows are learned from"
    )
    rows = [
        [str(name), *(column[k] for column in columns.values())]
        for k, name in enumerate(data.classes)
    ]
    return Table(columns=["class", *columns], rows=rows, caption=caption)


def _targets(data: DataSet) -> Table | None:
    """Range, mean and standard deviation of each real target, by split."""
    from harmonium.data import target_figures

    rows = [
        [target, part, *figures.values()]
        for part, targets in target_figures(data).items()
        for target, figures in targets.items()
    ]
    if not rows:
        return None
    columns = ["target", "split", "mean", "standard deviation", "smallest", "largest"]
    caption = "Real targets, shown after the recipe's transforms"
    return Table(columns=columns, rows=rows, caption=caption)


def _examples(evidence: Evidence) -> Picture:
    data, shape = evidence.data, evidence.image
    assert data is not None
    assert shape is not None
    order, which = _chosen(data.train)
    examples = data.train.take(order)
    labels: Sequence[object] | None = None
    if examples.labels is not None and data.classes and examples.labelled_rows:
        labels = [str(data.classes[k])[:12] if k >= 0 else "–" for k in examples.labels.tolist()]
    figure = images(
        evidence.seen(examples.x[:]), shape, columns=10, labels=labels, title="training rows"
    )
    message = f"{which}{', with the labels that are used in training' if labels else ''}"
    caption = f"{message[0].upper()}{message[1:]}.{evidence.scale_note}"
    return Picture(figure, alt=f"Training images: {message}", caption=caption)


def _chosen(split: Examples) -> tuple[Tensor, str]:
    """Rows to show, with a description; labelled rows come before unlabelled ones."""
    import torch

    labels = split.labels
    known = torch.zeros(len(split), dtype=torch.bool) if labels is None else labels >= 0
    rows = torch.arange(len(split))
    seen, unseen = rows[known], rows[~known]
    if not len(seen) or not len(unseen):
        return rows[:_SHOWN], f"the first {min(_SHOWN, len(split))} training rows"
    half = _SHOWN // 2
    first, rest = seen[:half], unseen[: _SHOWN - len(seen[:half])]
    words = f"{len(first)} labelled and {len(rest)} unlabelled training rows"
    return torch.cat([first, rest]), words


def _sentences(data: DataSet) -> Table | None:
    """Words of the first trees, and their classes; None for other rows."""
    from harmonium.data import Trees, trees_of

    kind, some = data.columns["x"], data.train.x[:_FEATURES]
    if not isinstance(kind, Trees):
        return None
    blank, labels = [["?"] * kind.shape[1]] * len(some), data.train.labels
    names = [str(data.classes[k]) if k >= 0 else "–" for k in ([] if labels is None else labels)]
    found = trees_of(some.cpu(), kind, labels=blank, sentences=data.train.names)
    rows = [[tree.sentence, name] for tree, name in zip(found, names, strict=False)]
    return Table(columns=["words", "class"], rows=rows, caption="The first training trees")


def _features(data: DataSet) -> Table | Picture:
    from harmonium.data import summary

    x = data.train.x
    statistics = summary(x)
    std = statistics.deviation * (len(x) / max(1, len(x) - 1)) ** 0.5
    if x.shape[1] <= _FEATURES:
        names = data.features or [f"feature {i}" for i in range(x.shape[1])]
        # standardised means are rounding alone
        mean = statistics.mean.where(statistics.mean.abs() > 1e-6 * std, 0)
        figures = zip(mean, std, statistics.least, statistics.most, strict=True)
        rows = [[n, *map(float, row)] for n, row in zip(names, figures, strict=True)]
        columns = ["feature", "mean", "standard deviation", "smallest", "largest"]
        return Table(columns=columns, rows=rows, caption="Training rows, feature by feature")
    shown = x[:60]
    deviation = (shown - statistics.mean) / std.clamp(min=1e-12)
    figure = heat(
        deviation,
        signed=True,
        x_label="feature",
        y_label="training row",
        title="training rows",
        columns=data.features or None,
    )
    return Picture(
        figure,
        alt=f"{len(shown)} training rows by {x.shape[1]} features, in standard deviations",
        caption="Distance of every value from its feature's mean, in standard deviations.",
    )


ENTRY = Entry("The data", section, Needs(data=("train",)))
