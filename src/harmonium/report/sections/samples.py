"""Samples: chains or reconstructions during training, and samples of the finished machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.descend import down, moves
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import images, strips
from harmonium.runs.words import stage_words

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.runs import Record

__all__ = ["section"]

_TILES, _EPOCHS, _SWEEPS, _CLASSES = 10, 8, 1000, 20
"""Sweeps of a machine of two groups; of one that takes more steps a sweep it is fewer."""


def section(evidence: Evidence) -> Section | None:
    """Snapshots' chains by epoch, then fresh samples; None where nothing can be drawn."""
    if not evidence.image or not evidence.graphs:
        return None
    pictures = [
        _stage(evidence, stage, records=records) for stage, records in _stages(evidence).items()
    ]
    pictures += [_fresh(evidence), _by_class(evidence)]
    shown = [picture for picture in pictures if picture is not None]
    return Section("Samples", shown) if shown else None


def _stages(evidence: Evidence) -> dict[str, list[Record]]:
    stages: dict[str, list[Record]] = {}
    for record in evidence.records:
        stages.setdefault(record.stage, []).append(record)
    return stages


def _stage(evidence: Evidence, stage: str, *, records: list[Record]) -> Picture | None:
    """One row of chains an epoch, or of reconstructions where chains are not kept."""
    rows, word = {}, "chains"
    for record in _spaced(sorted(records, key=lambda record: record.epoch)):
        tensors = record.tensors()
        word = "chains" if "chains" in tensors else "reconstructions"
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
    told = f"{count} {word} during {title}, after epochs {epochs[0]} to {epochs[-1]}"
    through = ", passed down through the layers below" if _level(stage) else ""
    return Picture(
        strips(rows, evidence.image, title=f"{title}: {word}", word="epoch"),
        alt=f"{told}, one line for each epoch",
        caption=f"{told}{through}.{evidence.scale_note}",
    )


def _spaced(records: list[Record]) -> list[Record]:
    """At most a page's worth, first and last among them."""
    if len(records) <= _EPOCHS:
        return records
    last = len(records) - 1
    return [records[round(k * last / (_EPOCHS - 1))] for k in range(_EPOCHS)]


def _level(stage: str) -> int:
    kind, _, level = stage.partition("/")
    return int(level) if kind == "pretrain" and level.isdigit() else 0


def _to_data(evidence: Evidence, chains: Tensor, *, stage: str) -> Tensor | None:
    """Chains of one layer as data: down through the layers below, which had stopped learning."""
    import torch

    level = _level(stage)
    with torch.no_grad():
        if level:
            below = evidence.stack[:level]
            if not below or len(below) < level:
                return None
            like = below[-1].units["h"]
            chains = down(below, chains.to(like.bias).reshape(-1, *like.shape))
    return chains if chains.flatten(1).shape[1] == evidence.features() else None


def _fresh(evidence: Evidence) -> Picture | None:
    """Samples of the finished machine, from chains that saw no data."""
    import torch

    from harmonium.sampling.chains import run, start

    machine: Any = evidence.machine
    source = evidence.source()
    visible = next(iter(evidence.graphs[0].units.values()))
    if visible.takes_context or evidence.image is None:
        return None
    wanted = (evidence.recipe.get("report") or {}).get("samples")
    count = 60 if wanted is None else int(wanted)
    if count < 1:
        return None
    with torch.no_grad():
        if hasattr(machine, "generate"):
            drawn = machine.generate(count, sweeps=_SWEEPS, source=source)
            chains = f"{count} samples: {_SWEEPS} sweeps of the top machine, then one pass down"
        else:
            graph = evidence.graphs[0]
            name = next(iter(graph.units))
            sweeps = max(50, 2 * _SWEEPS // moves(graph))
            state = run(graph, start(graph, count, source=source), sweeps=sweeps, source=source)
            drawn = visible.mean(graph.field(name, state))
            chains = f"{count} samples after {sweeps} sweeps, shown as means of the visible units"
    title = "finished machine" if evidence.status.get("status") == "done" else "machine so far"
    figure = images(evidence.seen(drawn), evidence.image, columns=10, title=title)
    caption = f"{chains}. The chains started at random, not at data.{evidence.scale_note}"
    return Picture(figure, alt=f"{count} images sampled from the machine", caption=caption)


def _by_class(evidence: Evidence) -> Picture | None:
    """Samples with the label held, a row a class."""
    import torch

    from harmonium.bridge import classifies
    from harmonium.machines import BeliefNet

    graph, names = evidence.graphs[-1], [str(name) for name in evidence.classes()]
    if not classifies(graph) or evidence.image is None or not 1 < len(names) <= _CLASSES:
        return None
    source, machine = evidence.source(), BeliefNet(evidence.graphs)
    with torch.no_grad():
        y = (
            torch.eye(len(names), dtype=torch.float32)
            .to(graph.units["y"].bias)
            .repeat_interleave(_TILES, 0)
        )
        hold, sweeps = {"y": True}, _SWEEPS // 2
        x = machine.generate(len(y), sweeps=sweeps, seen={"y": y}, hold=hold, source=source)
        drawn = evidence.seen(x).split(_TILES)
    figure = strips(dict(zip(names, drawn, strict=True)), evidence.image, title="by class")
    told = f"{_TILES} samples of each class, with the label held fixed for {_SWEEPS // 2} sweeps"
    return Picture(
        figure,
        alt=f"Images sampled from the machine, a line for each of {len(names)} classes",
        caption=f"{told}, shown as means. The chains started at random.{evidence.scale_note}",
    )
