"""Held-out rows, the same rows corrupted, and what a model and PCA give back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.principal import code_of, principal_of
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_SHOWN, _MEASURED = 10, 2000

_NEEDS = Needs(data=("train",))


def section(evidence: Evidence) -> Section | str | None:
    """Section of restored rows, with the errors of the model and of principal components.

    None for models that do not decode: the page then does not mention them.
    """
    if not evidence.has("decodes", "reconstructs"):
        return None
    if reason := unmet(_NEEDS, (), data=evidence.data):
        return reason
    found = _Restored(evidence)
    parts: list[str | Picture | Table] = []
    if evidence.image is not None:
        parts.append(_picture(found))
    parts.append(_table(found))
    return Section("Restored rows", parts)


class _Restored:
    """Rows before and after the model and PCA: word -> rows ``(N, D)``."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        assert evidence.data is not None
        self.model = evidence.able("decodes", "reconstructs")
        self.name, split = evidence.held_out or ("training", evidence.data.train)
        self.batch = self.model.reads(split).batch(slice(_MEASURED))
        self.clean = self.batch["x"].flatten(1)
        self.k = code_of(self.model, split, count=1).shape[1]

    @cached_property
    def corrupted(self) -> Tensor | None:
        """The rows with the noise of the last stage that has some; None without noise."""
        noise = _noise(self.evidence)
        if noise is None:
            return None
        assert self.evidence.data is not None
        from harmonium.data.picture_noise import fitted

        listed = noise if isinstance(noise, Sequence) else [noise]
        known = fitted(listed, self.evidence.data.columns["x"])
        return known(self.clean, self.evidence.source())

    @cached_property
    def rival(self) -> Any:  # noqa: ANN401
        """Principal directions of the training rows; None where as many numbers keep all."""
        assert self.evidence.data is not None
        whole = self.k >= self.clean.shape[1]
        return None if whole else principal_of(self.evidence.data.train, self.k)

    def again(self, x: Tensor) -> dict[str, Tensor]:
        """Method -> rows given back from rows ``(N, D)``."""
        import torch

        with torch.no_grad():
            *_, own = self.model.reconstruct({"x": x.view_as(self.batch["x"])}).values()
        found = {"model": own["x"].flatten(1)}
        if self.rival is not None:
            found[f"PCA, {self.k}"] = self.rival.again(x).to(x)
        return found


def _noise(evidence: Evidence) -> Any:  # noqa: ANN401
    """The noise, or the list of noises, of the last stage of learning that has some, or None."""
    from harmonium.describe import build, load

    if not evidence.recipe:
        return None
    stages = load(evidence.run.path / "recipe.resolved.yaml").learning().values()
    noises = [noise for stage in stages if (noise := getattr(stage, "noise", None)) is not None]
    return build(noises[-1]) if noises else None


def _picture(found: _Restored) -> Picture:
    evidence = found.evidence
    assert evidence.image is not None
    rows = {found.name: found.clean[:_SHOWN]}
    if found.corrupted is not None:
        rows["corrupted"] = found.corrupted[:_SHOWN]
    source = found.clean if found.corrupted is None else found.corrupted
    rows |= {name: again[:_SHOWN] for name, again in found.again(source).items()}
    figure = strips({name: evidence.seen(x) for name, x in rows.items()}, evidence.image)
    shown = len(rows[found.name])
    noisy = "" if found.corrupted is None else "the same rows with noise, "
    back = f"what the model gives back from its code of {found.k} numbers"
    reads = "" if found.corrupted is None else " What is given back comes from the noisy rows."
    if found.rival is not None:
        back += f", and what {found.k} principal components give back"
    return Picture(
        figure,
        alt=f"{shown} {found.name} rows, a line each: {', '.join(rows)}",
        caption=f"{shown} {found.name} rows; below them {noisy}{back}.{reads}"
        f"{evidence.scale_note}",
    )


def _table(found: _Restored) -> Table:
    sources = {"from the rows": found.clean}
    if found.corrupted is not None:
        sources["from corrupted rows"] = found.corrupted
    errors: dict[str, list[float]] = {}
    for source in sources.values():
        for method, again in found.again(source).items():
            gap = (again - found.clean).double().square()
            errors.setdefault(method, []).append(float(gap.mean()))
    spread = float((found.clean - found.clean.mean(0)).double().square().mean())
    words = {"model": "the model", f"PCA, {found.k}": f"{found.k} principal components"}
    share = {m: e[0] / max(spread, 1e-12) for m, e in errors.items()}
    linear = (
        f" The components are those of {found.rival.rows} training rows."
        if found.rival is not None
        else f" As many principal components as the code has numbers, {found.k}, lose nothing."
    )
    return Table(
        columns=["given back by", *sources, "share of the variance"],
        rows=[[words[m], *e, share[m]] for m, e in errors.items()],
        specs={"share of the variance": ".1%"},
        best=dict.fromkeys(sources, "min"),
        caption=f"Mean squared error per value between {len(found.clean)} {found.name} rows and "
        "what is given back. The last column divides the error from the rows by the variance of "
        f"the rows.{linear}",
    )


ENTRY = Entry("Restored rows", section)
