"""The bits of a code: how often each is on, whether they repeat each other, and their balls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.histograms import histogram
from harmonium.report.lines import curves
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_ROWS, _RADII, _ENOUGH = 3000, 6, 30

_DEAD = (
    " Dead bits tell nothing: give the code fewer bits, or let it learn longer or with less noise."
)
_NEEDS = Needs(data=("train",))


def section(evidence: Evidence) -> Section | str | None:
    """Section of the bits of held-out rows, otherwise of training rows.

    None for models without bits: the page then does not mention them.
    """
    import torch

    if not evidence.has("hashes"):
        return None
    if reason := unmet(_NEEDS, (), data=evidence.data):
        return reason
    assert evidence.data is not None
    name, split = evidence.held_out or ("training", evidence.data.train)
    if len(split) < 2:
        return "bits of one row cannot be compared"
    model = evidence.able("hashes")
    some = split.take(torch.arange(min(len(split), _ROWS)) * len(split) // min(len(split), _ROWS))
    with torch.no_grad():
        bits = torch.cat([model.bits(batch) for batch in model.batches(some)]).cpu()
    apart = _apart(bits)
    return Section(
        "Bits of the code",
        [
            _summary(bits, name=name),
            _shares(bits, name=name),
            _correlations(bits),
            _distances(apart, labels=some.labels, bits=bits.shape[1]),
            _balls(apart, bits=bits.shape[1], name=name),
        ],
    )


def _apart(bits: Tensor) -> Tensor:
    """Hamming distances of all rows, ``(N, N)``."""
    on, off = bits.float(), (~bits).float()
    return (on @ off.T + off @ on.T).short()


def _correlation(bits: Tensor) -> Tensor:
    """Correlations of pairs of bits that are neither always on nor always off, ``(pairs,)``."""
    import torch

    shares = bits.double().mean(0)
    live = (shares > 0) & (shares < 1)
    if int(live.sum()) < 2:
        return torch.zeros(0, dtype=torch.float64)
    all_pairs = torch.corrcoef(bits[:, live].double().T)
    first, second = torch.triu_indices(len(all_pairs), len(all_pairs), offset=1)
    return all_pairs[first, second]


def _summary(bits: Tensor, *, name: str) -> Table:
    shares, pairs = bits.double().mean(0), _correlation(bits).abs()
    dead = int(((shares == 0) | (shares == 1)).sum())
    distinct = len(bits.unique(dim=0))
    strength = [float(pairs.mean()), float(pairs.max())] if len(pairs) else [None, None]
    row = [bits.shape[1], dead, float(shares.min()), float(shares.max()), *strength, distinct]
    columns = ["bits", "dead", "least on", "most on", "mean |r|", "largest |r|", "distinct codes"]
    return Table(
        columns=columns,
        rows=[row],
        specs={"least on": ".1%", "most on": ".1%", "mean |r|": ".3f", "largest |r|": ".3f"},
        caption=f"Bits of {len(bits)} {name} rows. Dead bits are on for all rows, or for none. A "
        "bit tells most if it is on for half of the rows and uncorrelated (r) with the others."
        + (_DEAD if dead else ""),
    )


def _shares(bits: Tensor, *, name: str) -> Picture:
    shares = bits.double().mean(0)
    figure = histogram(
        {"bits": shares},
        x_label="share of rows",
        y_label="share of bits",
        title="bits that are on",
    )
    return Picture(
        figure,
        alt=f"Histogram: for which share of {name} rows each of {len(shares)} bits is on",
        caption=f"For which share of the {name} rows each bit is on; the line is the mean.",
    )


def _correlations(bits: Tensor) -> Picture | str:
    pairs = _correlation(bits)
    if not len(pairs):
        return "Fewer than two bits change, so that none can be correlated."
    figure = histogram(
        {"pairs of bits": pairs}, x_label="correlation", y_label="share of pairs", title="pairs"
    )
    return Picture(
        figure,
        alt=f"Histogram of the correlations of {len(pairs)} pairs of bits",
        caption="Correlations of pairs of bits. Those far from 0 say the same twice.",
    )


def _distances(apart: Tensor, *, labels: Tensor | None, bits: int) -> Picture:
    import torch

    first, second = torch.triu_indices(len(apart), len(apart), offset=1)
    every = apart[first, second]
    groups = {"all pairs": every}
    if labels is not None:
        known = (labels[first] >= 0) & (labels[second] >= 0)
        same = known & (labels[first] == labels[second])
        other = known & ~same
        if bool(same.any()) and bool(other.any()):
            groups = {"same label": every[same], "other label": every[other]}
    figure = curves(
        {
            name: torch.bincount(group, minlength=bits + 1) / len(group)
            for name, group in groups.items()
        },
        steps=dict.fromkeys(groups, torch.arange(bits + 1)),
        x_label="bits apart",
        y_label="share of pairs",
        title="distances of rows",
    )
    means = ", ".join(
        f"{name} {float(group.double().mean()):.1f}" for name, group in groups.items()
    )
    return Picture(
        figure,
        alt=f"Hamming distances of {len(every)} pairs of rows; means: {means}",
        caption=f"Hamming distances of pairs of rows, means: {means}. Random bits are "
        f"{bits / 2:g} apart.",
    )


def _balls(apart: Tensor, *, bits: int, name: str) -> Table:
    rows = []
    for radius in range(min(_RADII, bits) + 1):
        inside = (apart <= radius).sum(1) - 1  # without the row itself
        enough = float((inside >= _ENOUGH).double().mean())
        empty = float((inside == 0).double().mean())
        rows.append([radius, float(inside.double().median()), empty, enough])
    columns = ["radius", "rows in the ball, median", "empty", f"{_ENOUGH} rows or more"]
    return Table(
        columns=columns,
        rows=rows,
        specs={columns[1]: "g", columns[2]: ".1%", columns[3]: ".1%"},
        caption=f"Other rows in the Hamming ball around each of {len(apart)} {name} rows, and for "
        f"which share of the rows the ball is empty or holds {_ENOUGH}.",
    )


ENTRY = Entry("Bits of the code", section)
