"""The transition matrix of a Markov chain, its stationary distribution and its entropy rate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harmonium.report.evidence import Evidence
from harmonium.report.matrix import heat
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

__all__ = ["ENTRY", "section"]

_TITLE = "Transitions"
_SHOWN, _LISTED, _FOLLOWING = 24, 10, 3


def section(evidence: Evidence) -> Section | str | None:
    """Section with the matrix of the most frequent symbols; None for other models."""
    from harmonium.nets.markov import entropy_rate, stationary

    if not evidence.has("steps"):
        return None
    model = evidence.able("steps", "continues")
    matrix = model.transitions().cpu()
    frequent = stationary(matrix)
    order = frequent.argsort(descending=True)[:_SHOWN]
    names = [repr(model.vocabulary.symbols[k])[1:-1] for k in range(len(matrix))]
    shown = [names[k] for k in order.tolist()]
    figure = heat(
        matrix[order][:, order],
        x_label="next symbol",
        y_label=f"symbol, from {shown[0]!r} to {shown[-1]!r}",
        columns=shown,
        title="p(next symbol | symbol)",
    )
    rate = float(entropy_rate(matrix))
    picture = Picture(
        figure,
        alt=f"Probabilities of the next symbol after each of the {len(shown)} most frequent",
        caption=f"Rows and columns are the {len(shown)} symbols that the chain visits most, in "
        "this order. The entropy rate of the chain of single symbols is "
        f"{rate:.3f} nats ({rate / math.log(2):.3f} bits) a symbol.",
    )
    return Section(_TITLE, [picture, _table(matrix, frequent, names=names)])


def _table(matrix: Tensor, frequent: Tensor, *, names: Sequence[str]) -> Table:
    rows: list[list[object]] = []
    for k in frequent.argsort(descending=True)[:_LISTED].tolist():
        after = matrix[k].argsort(descending=True)[:_FOLLOWING].tolist()
        words = ", ".join(f"{names[j]!r} {float(matrix[k, j]):.0%}" for j in after)
        rows.append([repr(names[k]), float(frequent[k]), words])
    return Table(
        columns=["symbol", "stationary", "most often followed by"],
        rows=rows,
        specs={"stationary": ".1%"},
        caption="The stationary distribution is the share of each symbol in a long text that the "
        "chain draws.",
    )


ENTRY = Entry(_TITLE, section)
