"""What each number of a code does: pictures decoded while it changes and the others stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.principal import code_of
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_NUMBERS, _STEPS, _ROWS = 10, 9, 2000
_LOW, _HIGH = 0.05, 0.95


def section(evidence: Evidence) -> Section | str | None:
    """Section of decoded pictures, a line for each of the numbers that vary most.

    None for models that do not decode: the page then does not mention them.
    """
    if not evidence.has("encodes", "decodes"):
        return None
    if reason := evidence.missing_pictures():
        return reason
    assert evidence.data is not None
    assert evidence.image is not None
    model = evidence.able("decodes")
    codes = code_of(model, evidence.data.train, count=_ROWS)
    spread = codes.std(0, correction=0)
    order = spread.argsort(descending=True, stable=True)[:_NUMBERS].tolist()
    order = [k for k in order if float(spread[k]) > 0]
    if not order:
        return "no number of the code changes from row to row"
    middle, ends = _range(evidence, codes)
    rows = {f"number {k}": _line(model, middle, k=k, ends=ends[:, k]) for k in order}
    figure = strips({n: evidence.seen(x) for n, x in rows.items()}, evidence.image)
    prior = evidence.has("decodes", "samples")
    over = "of its prior" if prior else f"of its values on {len(codes)} training rows"
    others = "0, the mean of the prior" if prior else "their means"
    shown = f"{len(order)} of {codes.shape[1]} numbers" if codes.shape[1] > 1 else "The number"
    return Section(
        "What the numbers of the code do",
        [
            Picture(
                figure,
                alt=f"Pictures decoded from codes, a line for each of {len(order)} numbers",
                caption=f"{shown} of the code, counted from 0, those that vary most first. In "
                f"each line one number goes from the {_LOW:.0%} to the {_HIGH:.0%} quantile "
                f"{over}, while the "
                f"others stay at {others}.{evidence.scale_note}",
            )
        ],
    )


def _range(evidence: Evidence, codes: Tensor) -> tuple[Tensor, Tensor]:
    """The code at which the others stay, ``(k,)``, and both ends of each number, ``(2, k)``."""
    import torch

    limits = torch.tensor([_LOW, _HIGH], dtype=torch.float64, device=codes.device)
    if evidence.has("decodes", "samples"):
        ends = torch.special.ndtri(limits).to(codes)
        return torch.zeros_like(codes[0]), ends[:, None].expand(2, codes.shape[1])
    return codes.mean(0), codes.double().quantile(limits, dim=0).to(codes)


def _line(model: Any, middle: Tensor, *, k: int, ends: Tensor) -> Tensor:  # noqa: ANN401
    """Rows decoded while number k goes from one end to the other, ``(steps, D)``."""
    import torch

    steps = torch.linspace(0, 1, _STEPS, dtype=middle.dtype, device=middle.device)
    codes = middle.repeat(_STEPS, 1)
    codes[:, k] = ends[0] + (ends[1] - ends[0]) * steps
    with torch.no_grad():
        rows: Tensor = model.decode(codes)["x"]
    return rows.flatten(1)


ENTRY = Entry("What the numbers of the code do", section)
