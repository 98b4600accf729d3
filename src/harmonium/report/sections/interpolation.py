"""From one row to another: steps between their codes, and the same between their pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.principal import code_of
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Examples

__all__ = ["ENTRY", "section"]

_PAIRS, _STEPS, _ROWS = 4, 8, 500


def section(evidence: Evidence) -> Section | str | None:
    """Section of decoded steps between the codes of pairs of rows.

    None for models that do not decode: the page then does not mention them.
    """
    import torch

    if not evidence.has("encodes", "decodes"):
        return None
    if reason := evidence.missing_pictures():
        return reason
    assert evidence.data is not None
    assert evidence.image is not None
    model = evidence.able("encodes", "decodes")
    name, split = evidence.held_out or ("training", evidence.data.train)
    pairs = _pairs(split, [str(word) for word in evidence.classes()])
    if not pairs:
        return "there are no two rows to go between"
    codes = code_of(model, split, count=_ROWS)
    x = split.flattened().batch(slice(_ROWS))["x"]
    rows: dict[str, Tensor] = {}
    for word, (a, b) in pairs.items():
        with torch.no_grad():
            between = model.decode(_steps(codes[a], codes[b]))["x"].flatten(1)
        rows[word] = evidence.seen(between)
        rows["pixels" + " " * len(rows)] = evidence.seen(_steps(x[a], x[b]))  # each its own name
    caption = (
        f"{len(pairs)} pairs of {name} rows. First line of a pair: {_STEPS} equal steps between "
        "the codes of both, decoded, so that the ends are reconstructions. Second line, pixels: "
        f"the same steps between the rows themselves, which show both at once."
        f"{evidence.scale_note}"
    )
    return Section(
        "Between two rows",
        [
            Picture(
                strips(rows, evidence.image),
                alt=f"Steps between {len(pairs)} pairs of rows, by their codes and by pixels",
                caption=caption,
            )
        ],
    )


def _pairs(split: Examples, classes: list[str]) -> dict[str, tuple[int, int]]:
    """Words -> positions of two rows: of two classes where rows have classes."""
    count = min(_ROWS, len(split))
    labels = None if split.labels is None else split.labels[:count].tolist()
    first: dict[int, int] = {}
    for position, label in enumerate(labels or ()):
        if label >= 0:
            first.setdefault(label, position)
    known = sorted(first)
    if len(known) > 1:
        half = len(known) // 2
        some = list(zip(known[:half], known[half:], strict=False))[:_PAIRS]
        return {f"{_short(classes[a])} to {_short(classes[b])}": (first[a], first[b])
                for a, b in some}  # fmt: skip
    half = count // 2
    return {f"{k} to {half + k}": (k, half + k) for k in range(min(_PAIRS, half))}


def _short(word: str) -> str:
    return word if len(word) <= 5 else f"{word[:4]}."


def _steps(a: Tensor, b: Tensor) -> Tensor:
    """Equal steps from one vector to another, both ends included, ``(steps, n)``."""
    import torch

    t = torch.linspace(0, 1, _STEPS, dtype=a.dtype, device=a.device)[:, None]
    return a + t * (b - a)


ENTRY = Entry("Between two rows", section)
