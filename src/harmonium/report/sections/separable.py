"""Whether a plane can separate the classes at all, with a proof either way."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from harmonium.report.evidence import Evidence
from harmonium.report.page import Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harmonium.learning import Separation

__all__ = ["ENTRY", "section"]

_ROWS, _CLASSES, _SHOWN = 2000, 10, 12


def section(evidence: Evidence) -> Section | str | None:
    """Section with the margin of every two classes, or the proof that no plane separates them.

    None for runs without a perceptron: the page then does not mention it.
    """
    if not any(getattr(m, "output_kind", "") == "scores" for m in evidence.models.values()):
        return None
    rows = None if evidence.data is None else evidence.data.train.labelled()
    if rows is None or rows.y is None:
        return "no training row with a label can be read here"
    if len(rows) > _ROWS or len(evidence.classes()) > _CLASSES:
        return (
            f"planes are computed for at most {_ROWS} rows of {_CLASSES} classes, and there are "
            f"{len(rows)} of {len(evidence.classes())}"
        )
    from harmonium.learning import separable

    x, y = rows.x[:].numpy(), rows.y.numpy()
    names = [str(name) for name in evidence.classes()]
    answers = {}
    for pair in itertools.combinations(np.unique(y), 2):
        chosen = np.isin(y, pair)
        answers[tuple(names[k] for k in pair)] = separable(x[chosen], y[chosen])
    table = Table(
        columns=["classes", "a plane separates them", "margin"],
        rows=[
            [" and ".join(pair), "yes" if answer.separable else "no", answer.margin]
            for pair, answer in answers.items()
        ],
        specs={"margin": ".4g"},
        caption="Decided by linear programming. The margin is the distance of the nearest row "
        "from the plane, in the sum of absolute differences; 0: there is no plane.",
    )
    count = sum(answer.separable for answer in answers.values())
    words = f"A plane separates {count} of {len(answers)} pairs of classes in the training rows."
    parts: list[str | Table] = [words, table]
    if len(answers) == 1 and not count:
        (answer,) = answers.values()
        parts = [
            "No plane separates the two classes: weighted by the numbers below, both have the "
            "same mean, so no plane has one on each side.",
            _proof(x, [names[k] for k in y], answer=answer),
        ]
    return Section("Can a plane separate the classes", parts)


def _proof(x: NDArray[np.float32], names: list[str], *, answer: Separation) -> Table:
    """The rows of the certificate with their weights."""
    assert answer.certificate is not None
    used = np.flatnonzero(answer.certificate > 1e-9)
    return Table(
        columns=["row", "values", "class", "weight"],
        rows=[
            [int(k), _values(x[k]), names[k], float(answer.certificate[k])] for k in used[:_SHOWN]
        ],
        specs={"weight": ".4g"},
        caption=f"{min(len(used), _SHOWN)} of {len(used)} rows whose weight is not zero.",
    )


def _values(row: NDArray[np.float32]) -> str:
    shown = ", ".join(f"{value:.4g}" for value in row[:4])
    return f"{shown}, ..." if len(row) > 4 else shown


ENTRY = Entry("Can a plane separate the classes", section)
