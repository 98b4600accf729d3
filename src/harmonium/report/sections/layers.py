"""The layers of a described net: their graph, and their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.evidence import Evidence
from harmonium.report.layer_graph import layer_graph
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from harmonium.nets.anatomy import LayerFacts

__all__ = ["ENTRY", "layer_cells", "section"]


def section(evidence: Evidence) -> Section | None:
    """Section of the first net that is described by its layers; None for other models."""
    from harmonium.models import Described

    described = [m.anatomy() for m in evidence.models.values() if isinstance(m, Described)]
    rows = next(filter(None, described), None)
    if rows is None:
        return None
    picture = Picture(
        layer_graph(rows),
        alt=f"Graph of the net's {len(rows)} layers from its input down to its outputs",
        caption="Every layer with the shape of its output. Blue: it has parameters. Orange: it "
        "joins branches.",
    )
    head = ["layer", "type", "output", "parameters", "multiply-adds", "field"]
    return Section(
        "Layers", [Table(columns=head, rows=[layer_cells(row) for row in rows]), picture]
    )


def layer_cells(row: LayerFacts) -> list[Any]:
    """Cells of a row of a table of layers: name, type, shape, parameters, multiply-adds, field."""
    size = () if row.field is None else row.field.size
    square = len(set(size)) == 1
    seen = f"{size[0]:g}" if square else " x ".join(f"{n:g}" for n in size)
    return [
        row.name,
        row.type,
        " x ".join(map(str, row.shape)),
        row.parameters,
        row.multiply_adds,
        seen or "-",
    ]


ENTRY = Entry("Layers", section)
