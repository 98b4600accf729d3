"""Hidden units over a text: which characters switch them on and off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.coloured_text import coloured_texts
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section", "slowest"]

_TITLE = "Hidden units over a text"
_SYMBOLS, _READ, _UNITS = 260, 4000, 6


def section(evidence: Evidence) -> Section | str | None:
    """Section with the units that change most slowly; None where the data are no texts."""
    import torch

    if evidence.data is None or evidence.data.vocabulary is None or evidence.data.written:
        return None
    if not evidence.has("remembers"):
        return "no model of this run has hidden values after every symbol of a text"
    model = evidence.able("remembers")
    name, split = evidence.held_out or ("train", evidence.data.train)
    kind: Any = evidence.data.columns["x"]
    rows = split.x[: 1 + _READ // max(1, split.x.shape[1] - 1)]
    tokens = kind.joined(rows if kind.stream else rows[:1])
    with torch.no_grad():
        values = model.activities(tokens[None])[0]
    chosen = slowest(values, _UNITS)
    shown = min(_SYMBOLS, len(tokens))
    symbols = [model.vocabulary.symbols[k] for k in tokens[:shown].tolist()]
    names = [f"unit {k}" for k in chosen.tolist()]
    figure = coloured_texts(
        symbols,
        values[:shown, chosen].T,
        names=names,
        title=f"{name} text, hidden units that change slowly",
    )
    picture = Picture(
        figure,
        alt=f"The first {shown} symbols of the {name} text, coloured by the values of hidden "
        f"units {', '.join(map(str, chosen.tolist()))}",
        caption="Value of a hidden unit after each symbol: red above 0, blue below. Shown are the "
        f"units whose values change most slowly over {len(tokens)} symbols, relative to their "
        "spread: units that keep something in mind, such as a line, a quotation or a name.",
    )
    return Section(_TITLE, [picture])


def slowest(values: Tensor, count: int) -> Tensor:
    r"""Indices of the units of values ``(T, units)`` that change most slowly.

    Slow is a small :math:`\langle (h_t - h_{t-1})^2 \rangle / \mathrm{var}(h)`; units that hardly
    vary are left out.
    """
    spread = values.double().var(0, correction=0)
    change = values.double().diff(dim=0).square().mean(0)
    ratio = change / spread.clamp(min=1e-12)
    ratio[spread < 0.1 * spread.median()] = float("inf")
    return ratio.argsort()[:count]


ENTRY = Entry(_TITLE, section)
