"""Held-out rows and their reconstructions."""

from __future__ import annotations

from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import reconstructions
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

__all__ = ["ENTRY", "section"]

_ROWS, _MEASURED = 20, 2000


def section(evidence: Evidence) -> Section | str | None:
    """Section of rows and their reconstructions through all layers.

    None where a model decodes: then "Restored rows" shows them.
    """
    import torch

    from harmonium.models import Decodes

    assert evidence.data is not None
    model = evidence.able("reconstructs")
    if isinstance(model, Decodes):
        return None
    name, split = evidence.held_out or ("training", evidence.data.train)
    batch = model.reads(split).batch(slice(_MEASURED))
    x = batch["x"]
    with torch.no_grad():
        reconstructed = {word: again["x"] for word, again in model.reconstruct(batch).items()}
    back = list(reconstructed.values())[-1][:_ROWS]
    errors = {word: float((again - x).square().mean()) for word, again in reconstructed.items()}
    spread = float((x - x.mean(0)).square().mean())
    table = Table(
        columns=["through", "mean squared error", "share of the variance"],
        rows=[[word, error, error / max(spread, 1e-12)] for word, error in errors.items()],
        specs={"share of the variance": ".1%"},
        caption=f"Each of {len(x)} {name} rows goes up through the layers and down again, by "
        "means. The last column divides the error by the variance of the rows.",
    )
    if not evidence.image:
        return Section("Reconstructions", [table])
    pairs = evidence.seen(x[:_ROWS]), evidence.seen(back)
    figure = reconstructions(*pairs, shape=evidence.image)
    layers = "the top layer" if len(reconstructed) > 1 else next(iter(reconstructed))
    caption = f"{name.capitalize()} rows (data), each above its reconstruction from {layers}."
    picture = Picture(
        figure,
        alt=f"{_ROWS} {name} rows, each above its reconstruction from {layers}",
        caption=caption + evidence.scale_note,
    )
    return Section("Reconstructions", [picture, table])


ENTRY = Entry("Reconstructions", section, Needs(model=("reconstructs",), data=("train",)))
