"""The commit that a folder stands at, read from the files of its repository.

No program runs: a repository's configuration may name programs that git would start.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["revision"]

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REFERENCE = re.compile(r"refs/[^\0\s~^:?*\[\\]{1,500}")
_MOST = 2**16
"""Bytes of any file but that of the packed references."""


def revision(folder: Path) -> str | None:
    """The commit of the repository that a folder lies in; None outside, or before the first.

    It is that of the last commit, whether or not files have changed since.

    >>> revision(Path("/")) is None
    True
    """
    with suppress(OSError, ValueError, RuntimeError):
        for parent in (folder.resolve(), *folder.resolve().parents):
            home = _home(parent / ".git")
            if home is not None:
                return _followed(home)
    return None


def _home(place: Path) -> Path | None:
    """The repository's own folder; a worktree and a submodule name it in a file."""
    if place.is_dir():
        return place
    name, _, target = _text(place).partition(":")
    return place.parent / target.strip() if name == "gitdir" and target.strip() else None


def _followed(home: Path) -> str | None:
    """From HEAD over references to a commit."""
    shared = _text(home / "commondir").strip()
    homes = [home, *([home / shared] if shared else [])]
    name = "HEAD"
    for _ in range(5):
        found = next(filter(None, (_text(h / name).strip() for h in homes)), "")
        start, _, target = found.partition(":")
        if start != "ref":
            break
        name = target.strip()
        if not _REFERENCE.fullmatch(name) or ".." in name:
            return None
    else:
        return None
    found = found or next((c for h in homes for c, ref in _packed(h) if ref == name), "")
    return found if _COMMIT.fullmatch(found) else None


def _packed(home: Path) -> Iterator[tuple[str, str]]:
    """(commit, reference) of the file that holds many."""
    place = home / "packed-refs"
    if place.is_file():
        with place.open("rb") as file:
            while line := file.readline(_MOST):
                commit, _, name = line.decode("utf-8", "replace").strip().partition(" ")
                yield commit, name


def _text(place: Path) -> str:
    """The beginning of a regular file; empty for anything else."""
    if not place.is_file():
        return ""
    with place.open("rb") as file:
        return file.read(_MOST).decode("utf-8", "replace")
