"""Where data files may lie on this computer, and what to say when they do not."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path

from harmonium.files import expanded

__all__ = ["cached", "closest", "find", "home", "nearest", "places"]

_VARIABLE = "HARMONIUM_DATA"
_SYSTEM = Path("/usr/share/datasets")  # where Debian's dataset-* packages install


_ELSEWHERE = {
    "conv": "conv2d",
    "convolution": "conv2d",
    "dense": "linear",
    "fc": "linear",
    "fully_connected": "linear",
    "gaussian": "normal",
    "glorot": "xavier_uniform",
    "glorot_normal": "xavier_normal",
    "glorot_uniform": "xavier_uniform",
    "he": "kaiming_normal",
    "he_normal": "kaiming_normal",
    "he_uniform": "kaiming_uniform",
    "inner_product": "linear",
    "kaiming": "kaiming_normal",
    "pool": "max_pool2d",
    "swish": "silu",
    "xavier": "xavier_uniform",
}
"""Names in other programs -> ours."""


def places(name: str, directory: str | PathLike[str] | None = None) -> list[Path]:
    """Return the directories that may hold set `name`, in the order of search.

    `directory`; `$HARMONIUM_DATA/<name>` and `$HARMONIUM_DATA`; the user cache
    (`$XDG_CACHE_HOME` or `~/.cache`)`/harmonium/<name>`; `/usr/share/datasets/<name>`.
    A name with underscores is also looked for with hyphens.

    >>> places("mnist", "here")[0]
    PosixPath('here')
    """
    folders = tuple(dict.fromkeys((name, name.replace("_", "-"))))
    directories = [] if directory is None else [expanded(directory)]
    if variable := os.environ.get(_VARIABLE):
        root = expanded(variable)
        directories += [*(root / folder for folder in folders), root]
    directories += [root / folder for root in (_cache(), _SYSTEM) for folder in folders]
    return directories


def home(name: str) -> Path:
    """Return the directory that a fetched set `name` goes to; it need not exist yet.

    `$HARMONIUM_DATA/<name>` where that variable is set, else the user cache, as in `places`.
    """
    variable = os.environ.get(_VARIABLE)
    return (expanded(variable) if variable else _cache()) / name


def cached(name: str) -> Path:
    """Return the directory of what was computed from set `name`; it need not exist yet.

    It is in the user cache, as in `places`, since what others lay out may be read-only.
    """
    return _cache() / name


def nearest(name: str, names: Iterable[str]) -> str:
    """Return what to say after a name that is not among `names`.

    >>> nearest("MNIST", ["digits", "mnist"])
    ", did you mean 'mnist'? There are: digits, mnist"
    """
    names = list(names)
    near = closest(name, names)
    return f"{f', did you mean {near!r}?' if near else '.'} There are: {', '.join(names)}"


def closest(name: str, names: Sequence[str]) -> str | None:
    """Return the one of `names` that is meant: what other programs call so, or a similar one.

    >>> closest("Dense", ["dense_block", "linear"]), closest("liner", ["dense_block", "linear"])
    ('linear', 'linear')
    """
    name = str(name).lower()[:100]
    if (ours := _ELSEWHERE.get(name)) in names:
        return ours
    return next(iter(difflib.get_close_matches(name, names, n=1)), None)


def find(
    files: Sequence[str],
    directories: Sequence[Path],
    *,
    title: str,
    origin: str,
    fetched_by: str | None = None,
) -> list[Path]:
    """Return the paths of all `files`, plain or packed, from the first directory that has all.

    `title` names the set, `origin` says where the files come from, and `fetched_by` what to type
    where they can be fetched; all for the message.

    Raises:
        FileNotFoundError: where no directory has them all; it names every file to bring, every
            directory looked in and what that lacks, and the environment variable.
    """
    report = []
    for directory in directories:
        paths = {file: _plain_or_packed(directory / file) for file in files}
        if all(paths.values()):
            return [path for path in paths.values() if path]
        lacking = [file for file, path in paths.items() if path is None]
        report.append(f"{directory} ({_state(directory, files, lacking=lacking)})")
    value = os.environ.get(_VARIABLE)
    lines = [] if fetched_by is None else [f"To fetch them over the network: {fetched_by}"]
    raise FileNotFoundError(
        "\n  ".join(
            [
                f"{title} is not on this computer. Bring, plain or as .gz:",
                *files,
                f"from {origin}. Looked in:",
                *report,
                f"Put them into one of these directories, or set {_VARIABLE} "
                f"(now {value if value else 'not set'}) to the directory that holds them.",
                *lines,
            ]
        )
    )


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or expanded("~/.cache")) / "harmonium"


def _plain_or_packed(path: Path) -> Path | None:
    packed = (path.with_name(path.name + end) for end in (".gz", ".xz"))
    return next((candidate for candidate in (path, *packed) if candidate.is_file()), None)


def _state(directory: Path, files: Sequence[str], *, lacking: Sequence[str]) -> str:
    if not directory.is_dir():
        return "no such directory"
    if len(lacking) == len(files):
        return "has none of them"
    return f"lacks {', '.join(lacking)}"
