"""A map of codes: rows as points of a plane, near each other where their codes are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.maps import points
from harmonium.report.page import Picture, Section
from harmonium.report.principal import code_of, principal
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Examples

__all__ = ["ENTRY", "section"]

_ROWS, _NEIGHBOURS = 600, 5


def section(evidence: Evidence) -> Section | str:
    """Section with a map of codes beside one of rows, and how well both keep classes together."""
    assert evidence.data is not None
    model = evidence.able("encodes")
    name, split = evidence.held_out or ("training", evidence.data.train)
    code = code_of(model, split, count=_ROWS).cpu().double()
    x = split.flattened().batch(slice(_ROWS))["x"].cpu().double()
    if min(code.shape[1], x.shape[1]) < 2 or len(code) < 3:
        return "a map needs codes and rows of two numbers or more, and three rows"
    kind = (evidence.recipe.get("report") or {}).get("map") or "pca"
    word, places = _placed(code, kind)
    rows = principal(x, 2).scores(x)
    labels = None if split.labels is None else split.labels[:_ROWS]
    maps = {f"codes, {word}": places, "rows, principal components": rows}
    parts: list[str | Picture | Table] = [
        _picture(evidence, title, xy=xy, labels=labels) for title, xy in maps.items()
    ]
    table = _table(split, {f"code of {code.shape[1]} numbers": code, **maps, "rows": x}, name=name)
    return Section("Map of the codes", parts if table is None else [*parts, table])


def _placed(code: Tensor, kind: str) -> tuple[str, Tensor]:
    """How codes are placed in the plane, and their places ``(N, 2)``."""
    if code.shape[1] == 2:
        return "as they are", code
    if kind != "tsne":
        return "principal components", principal(code, 2).scores(code)
    import torch
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(code) - 1) / 3)
    model = TSNE(perplexity=perplexity, init="pca", random_state=0)
    return "t-SNE", torch.from_numpy(model.fit_transform(code.float().numpy()))


def _picture(evidence: Evidence, title: str, *, xy: Tensor, labels: Tensor | None) -> Picture:
    classes = [str(name) for name in evidence.classes()]
    axes = ("", "")
    if title.endswith("as they are"):
        axes = "first number of the code", "second number"
    elif title.endswith("principal components"):
        axes = "first component", "second component"
    figure = points(xy, labels, classes=classes, title=title, names=axes)
    shown = "" if labels is None or not classes else ", each as its class"
    return Picture(
        figure,
        alt=f"Map of {len(xy)} rows by their {title}{shown}",
        caption=f"{title[0].upper()}{title[1:]}: {len(xy)} rows{shown}.",
    )


def _table(split: Examples, spaces: dict[str, Tensor], *, name: str) -> Table | None:
    """Share of the nearest rows with the same class, in every space; None without classes."""
    labels = split.labels
    if labels is None or int((labels[:_ROWS] >= 0).sum()) < _NEIGHBOURS + 1:
        return None
    known = labels[:_ROWS] >= 0
    y = labels[:_ROWS][known]
    chance = float((y.bincount() / len(y)).square().sum())
    return Table(
        columns=["neighbours by", "same class"],
        rows=[[space, _same(x[known], y)] for space, x in spaces.items()],
        specs={"same class": ".1%"},
        caption=f"Share of the {_NEIGHBOURS} nearest of {len(y)} {name} rows that have the class "
        f"of a row, by Euclidean distance; rows drawn at random have {chance:.1%}. A map keeps "
        "less than the numbers that it is made of.",
    )


def _same(x: Tensor, y: Tensor) -> float:
    import torch

    gaps = torch.cdist(x, x).fill_diagonal_(torch.inf)
    near = gaps.topk(_NEIGHBOURS, largest=False).indices
    return float((y[near] == y[:, None]).double().mean())


ENTRY = Entry("Map of the codes", section, Needs(model=("encodes",), data=("train",)))
