"""The current commit of a git repository, read from its files.

Git itself is not run, because a repository's configuration can name programs that git would start.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["revision"]

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REFERENCE = re.compile(r"refs/[^\0\s~^:?*\[\\]{1,500}")
_MOST = 2**16
"""Bytes read of a file, and of a line of packed-refs."""


def revision(folder: Path) -> str | None:
    """The hash of the current commit of the repository that contains a folder.

    None outside a repository or before its first commit. Uncommitted changes are not detected.

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
    """The git directory; in a worktree or a submodule, ``.git`` is a file that names it."""
    if place.is_dir():
        return place
    name, _, target = _text(place).partition(":")
    return place.parent / target.strip() if name == "gitdir" and target.strip() else None


def _followed(home: Path) -> str | None:
    """Follows HEAD through references to a commit."""
    shared = _text(home / "commondir").strip()
    homes = [home, *([home / shared] if shared else [])]
    name = "HEAD"
    for _ in range(5):
        content = next(filter(None, (_text(h / name).strip() for h in homes)), "")
        start, _, target = content.partition(":")
        if start != "ref":
            break
        name = target.strip()
        if not _REFERENCE.fullmatch(name) or ".." in name:
            return None
    else:
        return None
    commit = content or next((c for h in homes for c, ref in _packed(h) if ref == name), "")
    return commit if _COMMIT.fullmatch(commit) else None


def _packed(home: Path) -> Iterator[tuple[str, str]]:
    """Pairs (commit, reference) from the file packed-refs."""
    place = home / "packed-refs"
    if place.is_file():
        with place.open("rb") as file:
            while line := file.readline(_MOST):
                commit, _, name = line.decode("utf-8", "replace").strip().partition(" ")
                yield commit, name


def _text(place: Path) -> str:
    """The first ``_MOST`` bytes of a regular file as text; empty for anything else."""
    if not place.is_file():
        return ""
    with place.open("rb") as file:
        return file.read(_MOST).decode("utf-8", "replace")
