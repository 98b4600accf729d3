"""Accuracy on held-out pictures that are shifted, turned or scaled."""

from __future__ import annotations

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.lines import curves
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

__all__ = ["ENTRY", "section"]

_MOST = 2000
_NEEDS = Needs(data=("labelled held out", "pictures"))
_AXES = {
    "shift": ("shift, pixels", "shifted"),
    "rotation": ("rotation, degrees", "turned"),
    "scale": ("size, as a factor", "scaled"),
}


def section(evidence: Evidence) -> Section | str | None:
    """Section with accuracy by shift, rotation and scale, as curves and as a table.

    None for runs that do not judge robustness: the page then does not mention it.
    """
    judges = evidence.recipe.get("judge") or ()
    if not any((j.get("type") if isinstance(j, dict) else j) == "robustness" for j in judges):
        return None
    if reason := unmet(_NEEDS, (), data=evidence.data):
        return reason
    return Section("Robustness", _parts(evidence))


def _parts(evidence: Evidence) -> list[str | Picture | Table]:
    from harmonium.judges.robustness import robustness, spread

    name, held = evidence.labelled_held_out
    model = evidence.able("decides")
    like = next(model.parameters())
    rows = spread(held, _MOST).to(like.device, like.dtype)
    found = robustness(model, rows)
    parts: list[str | Picture | Table] = []
    for side, curve in found.items():
        label, word = _AXES[side]
        figure = curves(
            {"accuracy": [100 * value for value in curve.values()]},
            steps={"accuracy": [float(amount) for amount in curve]},
            x_label=label,
            y_label="accuracy, %",
        )
        parts.append(
            Picture(
                figure,
                alt=f"Accuracy of pictures that are {word}",
                caption=f"Accuracy on {len(rows)} {name} pictures, all {word} by the same amount.",
            )
        )
    table = [
        [_AXES[side][0], float(amount), value]
        for side, curve in found.items()
        for amount, value in curve.items()
    ]
    caption = (
        f"Accuracy on {len(rows)} {name} pictures. Pixels from outside a picture have the value "
        "of the nearest one; a shift is one to the right and one down, of which this is the mean."
    )
    specs = {"amount": "g", "accuracy": ".1%"}
    return [
        *parts,
        Table(columns=["change", "amount", "accuracy"], rows=table, specs=specs, caption=caption),
    ]


ENTRY = Entry("Robustness", section)
