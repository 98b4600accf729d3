"""Predicted values against true values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs, unmet
from harmonium.report.agreement import agreement
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_ROWS, _TARGETS = 2000, 6
_NEEDS = Needs(model=("predicts",), data=("targets held out",))


def section(evidence: Evidence) -> Section | str | None:
    """Section with a picture for each target, for test rows, otherwise validation rows.

    None for data without real targets: the page then does not mention them.
    """
    import torch

    if evidence.data is None or not evidence.data.targets:
        return None
    if reason := unmet(_NEEDS, evidence.models.values(), data=evidence.data):
        return reason
    assert evidence.held_out is not None
    name, split = evidence.held_out
    model = evidence.able("predicts")
    if getattr(model, "several_labels", False):
        return "the model finds labels, 0 or 1, which the judge `labels` counts"
    like = next(model.parameters())
    with torch.no_grad():
        rows = model.reads(split.to(like.device, like.dtype))
        predicted = model.predict(rows.batch(slice(_ROWS)))
    targets = evidence.data.targets[:_TARGETS]
    true = split.targets
    assert true is not None
    parts: list[str | Picture] = [
        _picture(true[:_ROWS, k], predicted[:, k], target=target, name=name)
        for k, target in enumerate(targets)
    ]
    if len(evidence.data.targets) > len(targets):
        parts.append(
            f"The first {len(targets)} of {len(evidence.data.targets)} targets are shown."
        )
    return Section("Predicted and true", parts)


def _picture(true: Tensor, predicted: Tensor, *, target: str, name: str) -> Picture:
    gap = (true.double() - predicted.double()).square().mean().sqrt()
    message = f"{len(true)} {name} rows, root mean square error {float(gap):.4g}"
    return Picture(
        agreement(true, predicted, title=target),
        alt=f"{target}: predicted against true values of {message}",
        caption=f"Predicted against true {target} of {message}. On the line both are equal.",
    )


ENTRY = Entry("Predicted and true", section)
