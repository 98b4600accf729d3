"""Small pictures, and how a model and cubic interpolation make them larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_SHOWN, _MEASURED = 6, 2000

_NEEDS = Needs(data=("held out", "pictures"))


def section(evidence: Evidence) -> Section | str | None:
    """Section with small pictures, enlarged ones, and the originals.

    None for models that do not enlarge pictures: the page then does not mention them.
    """
    if not evidence.has("enlarges"):
        return None
    if reason := unmet(_NEEDS, (), data=evidence.data):
        return reason
    assert evidence.held_out is not None
    assert evidence.image is not None
    name, split = evidence.held_out
    x = split.batch(slice(_MEASURED))["x"]
    rows = _versions(evidence, x)
    detail = (rows["cubic"] - x).square().flatten(1).mean(1)
    order = detail.argsort(descending=True)[: max(_SHOWN, len(x) // 10)]
    chosen = order[:: max(1, len(order) // _SHOWN)][:_SHOWN]
    shown = {word: evidence.seen(part[chosen].flatten(1)) for word, part in rows.items()}
    small = " x ".join(map(str, evidence.able("enlarges").small[1:]))
    size = " x ".join(map(str, x.shape[2:]))
    picture = Picture(
        strips(shown, evidence.image),
        alt=f"{len(chosen)} {name} pictures, a line each: {', '.join(shown)}",
        caption=f"{len(chosen)} {name} pictures of {size}, among the tenth of which cubic "
        f"interpolation loses most: what the model reads, {small} pixels, each drawn as a square; "
        "enlarged by cubic interpolation; enlarged by the model; the originals."
        f"{evidence.scale_note}",
    )
    return Section("Low and high resolution", [picture, _table(rows, x, name=name)])


def _versions(evidence: Evidence, x: Tensor) -> dict[str, Tensor]:
    """Words -> pictures ``(N, C, H, W)``: small, enlarged in two ways, and as they were."""
    import torch

    from harmonium.baselines.bicubic import enlarged
    from harmonium.nets.resize import Resize

    model = evidence.able("enlarges")
    with torch.no_grad():
        *_, code = model.codes({"x": x}).values()
        small = code.reshape(len(x), *model.small)
        again = model.decode(code.flatten(1))["x"].reshape(x.shape)
    size = tuple(x.shape[2:])
    squares = Resize(size[0] / small.shape[2], mode="nearest")(small)
    return {"small": squares, "cubic": enlarged(small, size), "model": again, "original": x}


def _table(rows: dict[str, Tensor], x: Tensor, *, name: str) -> Table:
    """Errors of the enlarged pictures."""
    from harmonium.judges.psnr import decibels

    words = {
        "small": "repeating every pixel",
        "cubic": "cubic interpolation",
        "model": "the model",
    }
    errors = {word: (rows[word] - x).double().square() for word in words}
    closer = (errors["model"].flatten(1).mean(1) < errors["cubic"].flatten(1).mean(1)).double()
    return Table(
        columns=["enlarged by", "mean squared error", "PSNR, dB"],
        rows=[[words[w], float(e.mean()), decibels(float(e.mean()))] for w, e in errors.items()],
        specs={"PSNR, dB": ".2f"},
        best={"mean squared error": "min", "PSNR, dB": "max"},
        caption=f"{len(x)} {name} pictures; PSNR is the ratio of a pixel of value 1 to the mean "
        "squared error, so that half the error is 3 dB more. The model is closer than cubic "
        f"interpolation on {float(closer.mean()):.1%} of the pictures.",
    )


ENTRY = Entry("Low and high resolution", section)
