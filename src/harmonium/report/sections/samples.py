"""Samples: chains or reconstructions during training, and samples of the finished model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import images, strips
from harmonium.report.sections.entry import Entry
from harmonium.runs.words import layer_of, stage_words

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.runs import Record

__all__ = ["ENTRY", "section"]

_TILES, _EPOCHS, _SWEEPS, _CLASSES = 10, 8, 1000, 20
"""Number of sweeps for a machine of two groups; fewer for machines with more steps per sweep."""


def section(evidence: Evidence) -> Section | str:
    """Section of chains by epoch, then new samples, then samples of every class."""
    pictures = [
        _stage(evidence, stage, records=records) for stage, records in _stages(evidence).items()
    ]
    pictures += [_fresh(evidence), _by_class(evidence)]
    shown = [picture for picture in pictures if picture is not None]
    return Section("Samples", shown) if shown else "the recipe asks for none: report.samples is 0"


def _stages(evidence: Evidence) -> dict[str, list[Record]]:
    stages: dict[str, list[Record]] = {}
    for record in evidence.records:
        stages.setdefault(record.stage, []).append(record)
    return stages


def _stage(evidence: Evidence, stage: str, *, records: list[Record]) -> Picture | None:
    """One row of chains per epoch, or of samples or reconstructions if chains are not kept."""
    rows, word = {}, "chains"
    for record in _spaced(sorted(records, key=lambda record: record.epoch)):
        tensors = record.tensors()
        word = next((kind for kind in ("chains", "samples") if kind in tensors), "reconstructions")
        kept = tensors.get(word)
        drawn = None if kept is None else _to_data(evidence, kept[:_TILES], stage=stage)
        if drawn is not None:
            rows[str(record.epoch)] = evidence.seen(drawn)
    if not rows:
        return None
    assert evidence.image is not None
    title = ", ".join(word for word in stage_words(stage) if word)
    epochs = list(rows)
    count = min(map(len, rows.values()))
    message = f"{count} {word} during {title}, after epochs {epochs[0]} to {epochs[-1]}"
    through = ", passed down through the layers below" if layer_of(stage) else ""
    return Picture(
        strips(rows, evidence.image, title=f"{title}: {word}", word="epoch"),
        alt=f"{message}, one line for each epoch",
        caption=f"{message}{through}.{evidence.scale_note}",
    )


def _spaced(records: list[Record]) -> list[Record]:
    """As many records as fit a page, evenly spaced, the first and the last included."""
    if len(records) <= _EPOCHS:
        return records
    last = len(records) - 1
    return [records[round(k * last / (_EPOCHS - 1))] for k in range(_EPOCHS)]


def _to_data(evidence: Evidence, chains: Tensor, *, stage: str) -> Tensor | None:
    """Chains of a layer as data, passed down through the layers below, which no longer learned."""
    if level := layer_of(stage):
        machine: Any = evidence.models["machine"]
        below = machine.as_data(chains, layer=level)
        if below is None:
            return None
        chains = below
    return chains if chains.flatten(1).shape[1] == evidence.features() else None


def _fresh(evidence: Evidence) -> Picture | None:
    """Samples of the finished model: of chains that do not start at data, or of its prior."""
    from harmonium.models import Bounded, Mixes

    wanted = (evidence.recipe.get("report") or {}).get("samples")
    count = 60 if wanted is None else int(wanted)
    if count < 1 or evidence.image is None:
        return None
    model = evidence.able("samples")
    sweeps = model.sweeps(_SWEEPS)
    drawn = model.sample(count, sweeps=sweeps, source=evidence.source())["x"]
    word = "machine" if isinstance(model, Mixes) else "model"
    done = evidence.status.get("status") == "done"
    title = f"finished {word}" if done else f"{word} so far"
    figure = images(evidence.seen(drawn), evidence.image, columns=10, title=title)
    bounded = isinstance(model, Bounded)
    given = "the means of the values given these codes, which are independent of each other"
    means = f": {given}" if bounded else ""
    caption = (
        f"{count} samples after {sweeps} sweeps, shown as means of the visible units. The chains "
        f"started at random, not at data.{evidence.scale_note}"
        if isinstance(model, Mixes)
        else f"{count} codes drawn from the prior, and decoded{means}.{evidence.scale_note}"
    )
    return Picture(figure, alt=f"{count} images sampled from the {word}", caption=caption)


def _by_class(evidence: Evidence) -> Picture | None:
    """Samples with the class held, a row for each class; None if the model holds none."""
    import torch

    from harmonium.models import Mixes

    names = [str(name) for name in evidence.classes()]
    if not 1 < len(names) <= _CLASSES or evidence.image is None:
        return None
    y, sweeps = torch.arange(len(names)).repeat_interleave(_TILES), _SWEEPS // 2
    model = evidence.able("samples")
    try:
        x = model.sample(len(y), given={"y": y}, sweeps=sweeps, source=evidence.source())["x"]
    except UsageError:
        return None
    drawn = evidence.seen(x).split(_TILES)
    figure = strips(dict(zip(names, drawn, strict=True)), evidence.image, title="by class")
    chains = f"with the label held fixed for {sweeps} sweeps, shown as means"
    how = f", {chains}. The chains started at random" if isinstance(model, Mixes) else ""
    return Picture(
        figure,
        alt=f"Images sampled from the model, a line for each of {len(names)} classes",
        caption=f"{_TILES} samples of each class{how}.{evidence.scale_note}",
    )


ENTRY = Entry("Samples", section, Needs(model=("samples",), data=("pictures",)))
