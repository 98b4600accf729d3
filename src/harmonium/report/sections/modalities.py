"""Rows of pictures and words: each inferred from the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Joined

__all__ = ["ENTRY", "section"]

_ROWS, _WORDS, _SWEEPS, _LIKE = 8, 6, 200, 2000

_NEEDS = Needs(data=("joined", "held out"))


def section(evidence: Evidence) -> Section | str | None:
    """Section with pictures inferred from words, and words inferred from pictures.

    None for data of one kind, and for models that infer nothing.
    """
    if not evidence.has("completes") or unmet(Needs(data=("joined",)), (), data=evidence.data):
        return None
    if reason := unmet(_NEEDS, (), data=evidence.data):
        return reason
    assert evidence.data is not None
    kind: Any = evidence.data.columns["x"]
    picture = next((n for n, part in kind.parts.items() if len(part.shape) == 3), None)
    words = next((n for n, part in kind.parts.items() if part.names), None)
    if picture is None or words is None:
        return "no part of a row is a picture, or none has values with names, such as words"
    found = _Inferred(evidence, kind, parts=(picture, words))
    return Section(f"{picture.capitalize()} and {words}", [_pictures(found), _table(found)])


class _Inferred:
    """Held-out rows, and the two parts of them inferred from what is left of the row.

    Args:
        evidence: the run.
        kind: the parts of a row.
        parts: names of the picture and of the words.
    """

    def __init__(self, evidence: Evidence, kind: Joined, *, parts: tuple[str, str]) -> None:
        import torch

        assert evidence.data is not None
        assert evidence.held_out is not None
        self.kind, (self.picture, self.words) = kind, parts
        self.where, split = evidence.held_out
        labels = split.x[:, kind.spans[self.words]] if isinstance(split.x, torch.Tensor) else None
        chosen = torch.arange(min(_ROWS, len(split)))
        if labels is not None:  # rows with words, spaced evenly over the split
            full = (labels > 0).any(1).nonzero().flatten().cpu()
            if len(full):
                spaced = torch.arange(min(_ROWS, len(full))) * len(full) // min(_ROWS, len(full))
                chosen = full[spaced]
        self.x = split.x.index_select(0, chosen.to(split.x.device))
        self.names = None if split.names is None else [split.names[i] for i in chosen.tolist()]
        self.rows = chosen.tolist()
        self.span = evidence.data.train.x[:_LIKE]
        self.found: dict[str, Tensor] = {}
        model = evidence.able("completes")
        like = next(model.parameters())
        begin = {"x": self.span.to(like)}
        for name in parts:
            x = self.x.to(like).clone()
            x[:, kind.spans[name]] = torch.nan
            with torch.no_grad():
                again = model.infer({"x": x}, like=begin, sweeps=_SWEEPS, source=evidence.source())
            self.found[name] = again["x"][:, kind.spans[name]].cpu()

    def true(self, name: str) -> Tensor:
        """A part of the rows as it is, ``(n, D)``."""
        return self.x[:, self.kind.spans[name]].cpu()


def _pictures(found: _Inferred) -> Picture:
    at = found.kind.spans[found.picture]
    low, high = float(found.span[:, at].min()), float(found.span[:, at].max())
    wide = (high - low) or 1.0
    mean = found.span[:, at].mean(0).cpu().expand_as(found.true(found.picture))
    shown = {
        "true": found.true(found.picture),
        f"from {found.words}": found.found[found.picture],
        "mean": mean,
    }
    rows = {name: ((x - low) / wide).clamp(0, 1) for name, x in shown.items()}
    return Picture(
        strips(rows, found.kind.parts[found.picture].shape),
        alt=f"{len(found.x)} {found.where} rows: the true {found.picture}, the one inferred from "
        f"{found.words}, and the mean of the training rows",
        caption=f"{len(found.x)} {found.where} rows. Above, the true {found.picture}; below it "
        f"its expected value given the {found.words} alone, an average over {_SWEEPS // 2} sweeps "
        f"of a Gibbs chain; last, for comparison, the mean {found.picture} of the training rows.",
    )


def _table(found: _Inferred) -> Table:
    names = found.kind.parts[found.words].names
    true, scores = found.true(found.words), found.found[found.words]
    rows: list[list[object]] = []
    for k in range(len(found.x)):
        own = [names[i] for i in true[k].argsort(descending=True) if true[k, i] > 0]
        best = scores[k].argsort(descending=True)[:_WORDS].tolist()
        told = ", ".join(f"{names[i]} ({_share(float(scores[k, i]))})" for i in best)
        right = sum(bool(true[k, i] > 0) for i in best)
        name = str(found.rows[k]) if found.names is None else found.names[k]
        rows.append([name, ", ".join(own), told, right])
    return Table(
        columns=["row", f"true {found.words}", f"{found.words} from the {found.picture}", "right"],
        rows=rows,
        caption=f"The {_WORDS} values of {found.words} with the largest expected value given the "
        f"{found.picture} alone, each with that value: for a word that is there or not it is the "
        "probability that it is there, for counts the expected number. Right is how many of these "
        "the row has.",
    )


def _share(value: float) -> str:
    return f"{value:.0%}" if value <= 1 else f"{value:.1f}"


ENTRY = Entry("Pictures and words", section)
