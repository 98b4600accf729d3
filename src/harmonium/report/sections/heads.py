"""Where a net with a memory writes and reads, step by step."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

__all__ = ["ENTRY", "section"]

_TITLE = "Heads of the memory"
_ROWS = 2


def section(evidence: Evidence) -> Section | str | None:
    """Section of the heads over some held-out rows; None for models without a memory."""
    import torch

    from harmonium.report.heads import heads_picture

    data = evidence.data
    if not evidence.has("addresses"):
        return None
    if data is None or data.written is None:
        return "the data of the run cannot be read here"
    model = evidence.able("addresses")
    name, split = evidence.held_out or ("training", data.train)
    read, write = model.vocabularies
    parts: list[str | Picture] = [
        "Each column is a step. Before the line the net reads a symbol, and last the mark of the "
        "end (a bar); after it, it writes. Dark is a weight of 1.",
    ]
    for x in split.x[:_ROWS]:
        row = x[x >= 0]
        with torch.no_grad():
            written, heads = model.addresses(row)
        source = [read.symbols[k] for k in row.tolist()]
        made = [write.symbols[k] for k in written.tolist()]
        figure = heads_picture(heads, steps=[*source, "|", *made, "."], mark=len(source) + 1)
        words = (
            f"Weights of the writing and the reading head while the net reads {len(source)} "
            f"symbols and writes {len(made)}"
        )
        parts.append(Picture(figure, alt=words, caption=f"{words} ({name} row)."))
    return Section(_TITLE, parts)


ENTRY = Entry(_TITLE, section)
