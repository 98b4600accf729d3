"""Reads the state of a run from a checkpoint, and checks that it fits before it is restored."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harmonium.errors import RunError
from harmonium.learning.ranks import RankError
from harmonium.runs import checkpoint

__all__ = ["fitting", "place_to_go_on", "read_state"]

_PARTS: dict[str, Any] = {
    "task": int,
    "name": str,
    "updates": int,
    "results": dict,
    "best": int | float | None,
    "rows": int,
    "trial": int,
    "workspace": dict,
    "stage": dict | None,
    "run": str | None,
    "recipe": dict,
    "metrics": str,
}
_LATER = ("run", "recipe", "metrics")
"""Keys that checkpoints of the first format lack."""


def read_state(path: Path) -> dict[str, Any]:
    """Reads the state that ``Engine`` saved.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, not a checkpoint, or from a later version.
    """
    content = checkpoint.read(path)
    known = content if isinstance(content, Mapping) else {}
    for name, kind in _PARTS.items():
        if name in _LATER and name not in known:
            continue
        value = known.get(name)
        least = isinstance(value, int) and value < 0
        if name not in known or not isinstance(value, kind) or (least and name != "best"):
            what = f"its {name} is {str(value)[:40]}" if name in known else f"it has no {name}"
            raise RunError(
                f"{path}: not a checkpoint of a run ({what}); resume from another file in its "
                f"folder{checkpoint.listed(path)}, or start anew"
            )
    return dict(known)


@contextlib.contextmanager
def fitting(path: Path) -> Iterator[None]:
    """Context in which a state is restored into the machine that the recipe made.

    Raises:
        ValueError: state and machine do not fit each other.
    """
    try:
        yield
    except RankError:
        raise
    except (LookupError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        words = " ".join(str(error).split())[:300] or type(error).__name__
        raise RunError(
            f"{path}: does not fit the recipe of its run ({words}); bring back the recipe and the "
            f"checkpoints that belong together, or resume from another{checkpoint.listed(path)}"
        ) from error


def place_to_go_on(run: Path, asked: Path | None = None) -> Path | None:
    """Finds the checkpoint to resume from: the requested one, otherwise the last one.

    Returns:
        None if the run was stopped before it wrote a checkpoint.

    Raises:
        FileNotFoundError: it does not exist; the message names those that do.
    """
    last = run / "checkpoints" / "last.safetensors"
    place = last if asked is None else asked
    if place.is_file():
        return place
    there = checkpoint.others(place)
    if there:
        raise FileNotFoundError(
            f"{place}: not there (or no file), but {', '.join(there[:5])} "
            f"{'is' if len(there) == 1 else 'are'}; go on from one of them: "
            f"harmonium train --resume {place.with_name(there[0])}"
        )
    rows = run / "metrics.jsonl"
    begun = os.path.lexists(place) or (rows.is_file() and rows.stat().st_size)
    if asked is not None or begun:
        raise FileNotFoundError(
            f"{place}: not there (or no file), and no other checkpoint is; bring it back from a "
            f"copy, or start another run with `harmonium train {run / 'recipe.resolved.yaml'}`"
        )
    return None
