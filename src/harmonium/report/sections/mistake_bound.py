"""A perceptron's mistakes, beside the largest number that it can make."""

from __future__ import annotations

from typing import Any

import numpy as np

from harmonium.report.evidence import Evidence
from harmonium.report.lines import curves
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

__all__ = ["ENTRY", "section"]

_ROWS = 2000


def section(evidence: Evidence) -> Section | str | None:
    """Section with the mistakes by epoch and the bound (R / gamma)^2.

    None for runs without error correction: the page then does not mention it.
    """
    counted = [
        (row["epoch"], row["train/mistakes_total"])
        for row in evidence.metrics
        if row.get("trial") == evidence.trial and "train/mistakes_total" in row
    ]
    if not counted:
        return None
    if reason := _unfit(evidence):
        return reason
    from harmonium.learning import mistake_bound

    x, labels = _rows(evidence)
    bound = mistake_bound(x, labels)
    if bound is None:
        return "no plane separates the classes, so no number bounds the mistakes"
    epochs, mistakes = np.array(counted, dtype=float).T
    figure = curves(
        {"mistakes": mistakes, "bound": np.full(len(mistakes), bound.mistakes)},
        y_label="mistakes since the start",
        title="mistakes and their bound",
        log_y=bound.mistakes > 30 * mistakes[-1],
        steps={"mistakes": epochs, "bound": epochs},
    )
    numbers = (
        f"R = {bound.radius:.4g}, margin {bound.margin:.4g}, bound {bound.mistakes:.4g}; "
        f"{int(mistakes[-1])} mistakes"
    )
    return Section(
        "Mistakes and their bound",
        [
            Picture(
                figure,
                alt=f"Mistakes by epoch and their bound: {numbers}",
                caption=f"{numbers}. A perceptron that is corrected after every mistake makes at "
                "most (R / margin)² mistakes in all, in any order of the rows and for any "
                "number of passes. R is the length of the longest row, and the margin the "
                "distance of the nearest row from the best plane, both with one more value of 1 "
                "for the bias.",
            )
        ],
    )


def _unfit(evidence: Evidence) -> str | None:
    """Reason why the bound does not apply to this run, or None."""
    if evidence.data is None:
        return "the data of the run cannot be read here"
    if len(evidence.classes()) != 2:
        return f"the bound is of two classes, and the data have {len(evidence.classes())}"
    if len(evidence.data.train) > _ROWS:
        return f"the margin is computed for at most {_ROWS} rows"
    stages = [evidence.recipe.get("train"), *(evidence.recipe.get("stages") or ())]
    for stage in stages:
        if isinstance(stage, dict) and stage.get("type") == "error_correction":
            in_turn = (
                stage.get("batch_size") == 1 or stage.get("sequential") or stage.get("pocket")
            )
            if not in_turn:
                return "the bound is of corrections after every row, and the run used batches"
            if stage.get("schedules"):
                return "the bound is of a constant rate, and the run changed its rate"
            if stage.get("noise"):
                return "the bound is of rows without noise"
    return None


def _rows(evidence: Evidence) -> tuple[Any, Any]:
    """Rows as the units that learn read them, and their classes."""
    assert evidence.data is not None
    rows = evidence.data.train.labelled()
    assert rows is not None
    net = next(iter(evidence.models.values())).net
    features = getattr(net, "features", None)
    x = rows.x[:]
    return (x if features is None else features(x)).numpy(), rows.y.numpy()  # type: ignore[union-attr]


ENTRY = Entry("Mistakes and their bound", section)
