"""Lists all files below a folder in the order of their paths, through links, each folder once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from harmonium.errors import DataError

__all__ = ["walked"]


def walked(root: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yields each folder with the sorted names of its folders and files, without hidden ones.

    Links to folders are followed, except those that lead back to a folder above, whose files are
    listed anyway.

    Raises:
        OSError: a folder cannot be read.
        ValueError: a link gives a folder a second path, so that its files would count twice.
    """
    seen: dict[tuple[int, int], Path] = {}

    def once(path: Path) -> bool:
        status = path.stat()
        other = seen.setdefault((status.st_dev, status.st_ino), path)
        if other == path:
            return True
        if other in path.parents:
            return False
        raise DataError(
            f"{path} and {other} are one folder, by a link: what is in it would count twice: "
            "remove one of them"
        )

    def refuse(error: OSError) -> None:
        raise error

    once(root)
    for name, inner, files in os.walk(root, followlinks=True, onerror=refuse):
        place = Path(name)
        shown = sorted(folder for folder in inner if not folder.startswith("."))
        inner[:] = [folder for folder in shown if _apart(place / folder) and once(place / folder)]
        yield place, list(inner), sorted(file for file in files if not file.startswith("."))


def _apart(folder: Path) -> bool:
    """Whether no link leads from the folder back to a folder above it."""
    return not (folder.is_symlink() and folder.parent.resolve().is_relative_to(folder.resolve()))
