"""Writes what a run finds for each row as a line of text: trees, sequences or tagged words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from harmonium.apply.bracketing import bracketed
from harmonium.apply.tables import new_file
from harmonium.apply.tagging import tagged_lines
from harmonium.apply.texts import written
from harmonium.apply.trained import Trained
from harmonium.data import Examples
from harmonium.needs import Needs, unmet
from harmonium.sampling.picking import Pick

__all__ = ["LINES", "write_lines"]

LINES = (".txt",)
"""Suffixes of files of lines."""

_MAKERS: dict[str, Callable[[Trained, Examples], Sequence[Any]]] = {
    "transduces": written,
    "tags": tagged_lines,
    "nodes": bracketed,
}
"""Ability -> what a model with it finds for each row, as a line; the last is the usual one."""


def write_lines(
    path: Path,
    trained: Trained,
    *,
    split: Examples,
    pick: Pick | None = None,
    seed: int = 0,
    overwrite: bool = False,
) -> int:
    """Writes a line for each row to a text file; returns their number.

    ``pick`` and ``seed`` are those of captions that are drawn, see ``written``.

    Raises:
        FileExistsError: there is such a file, and ``overwrite`` is False.
        ValueError: no model of the run finds what is a line of text.
    """
    models = trained.models.values()
    able = [n for n in _MAKERS if unmet(Needs(model=(n,)), models, data=None) is None]
    made: Sequence[Any]
    if pick is None:
        made = _MAKERS[(able or [*_MAKERS])[-1]](trained, split)
    else:
        made = written(trained, split, pick=pick, seed=seed)
    with new_file(path, suffixes=LINES, overwrite=overwrite) as part:
        part.write_text("".join(f"{line}\n" for line in made), encoding="utf-8")
    return len(made)
