"""What a model writes for held-out sequences, and where it looks while it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Vocabulary

__all__ = ["ENTRY", "section"]

_TITLE = "Sequences written"
_ROWS, _DRAWN, _SEARCHED = 10, 3, 500


def section(evidence: Evidence) -> Section | str | None:
    """Section of what is written; None for models that do not write sequences."""
    import torch

    from harmonium.learning.edit_distance import edit_distance

    data = evidence.data
    if not evidence.has("transduces") or evidence.has("describes"):
        return None
    if data is None or data.written is None:
        return "the data of the run cannot be read here"
    model = evidence.able("transduces")
    name, split = evidence.held_out or ("training", data.train)
    batch = model.reads(split).batch(slice(_SEARCHED))
    with torch.no_grad():
        found = model.transduce(batch)
    edits = edit_distance(found, batch["target"])
    chosen = _chosen(edits)
    read, write = model.vocabularies
    rows: list[list[Any]] = [
        [
            read.decode(batch["x"][k]),
            write.decode(found[k]),
            write.decode(batch["target"][k]),
            int(edits[k]),
        ]
        for k in chosen.tolist()
    ]
    wrong = int((edits > 0).sum())
    table = Table(
        columns=["read", "written", "true", "edits"],
        rows=rows,
        caption=f"The first {name} rows, and then those that are wrong: {wrong} of "
        f"{len(edits)} differ from the true output, by this number of edits.",
    )
    parts: list[Table | Picture] = [table]
    if evidence.has("aligns"):
        parts += _alignments(evidence.able("aligns"), batch["x"][:_DRAWN], read=read, write=write)
    return Section(_TITLE, parts)


def _chosen(edits: Tensor) -> Tensor:
    """The first rows, and the first wrong ones that are not among them."""
    import torch

    wrong = (edits > 0).nonzero().flatten()
    half = torch.arange(min(len(edits), _ROWS // 2))
    others = wrong[wrong >= len(half)][: _ROWS - len(half)]
    return torch.cat([half.to(wrong.device), others])


def _alignments(
    model: Any,  # noqa: ANN401
    x: Tensor,
    *,
    read: Vocabulary,
    write: Vocabulary,
) -> list[Picture]:
    """Where each symbol that is written looks, for some rows ``(n, S)``."""
    import torch

    from harmonium.report.alignment import alignment_picture

    with torch.no_grad():
        found, looked = model.alignment({"x": x})
    parts = []
    for row, out, weights in zip(x, found, looked, strict=True):
        source = [read.symbols[k] for k in row.tolist() if k >= 0]
        made = [write.symbols[k] for k in out.tolist() if k >= 0]
        if not made:
            continue
        words = f"Where each symbol of {write.decode(out)!r} looked in {read.decode(row)!r}"
        figure = alignment_picture(weights[: len(made), : len(source)], read=source, written=made)
        parts.append(Picture(figure, alt=words, caption=f"{words}: darker is more."))
    return parts


ENTRY = Entry(_TITLE, section)
