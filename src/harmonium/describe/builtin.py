"""The built-in recipes."""

import os
from pathlib import Path

from harmonium.catalogue.find import nearest
from harmonium.describe.starter import starter
from harmonium.errors import UsageError
from harmonium.files import regular

__all__ = ["builtin", "copy", "find", "find_recipe", "folder", "starter"]


def folder() -> Path:
    """Returns the folder of the recipes: in the installed package, otherwise in the checkout.

    Raises:
        FileNotFoundError: the recipes were not installed.
    """
    package = Path(__file__).resolve().parents[1]
    for place in (package / "recipes", package.parents[1] / "recipes"):
        if place.is_dir() and any(place.glob("*.yaml")):
            return place
    raise FileNotFoundError(f"no recipes in {package}: install harmonium again")


def builtin() -> dict[str, str]:
    """Name -> purpose of every built-in recipe.

    >>> builtin()["digits_rbm"].split(":")[0]
    'Seconds'
    """
    return {path.stem: _about(path) for path in sorted(folder().glob("*.yaml"))}


def _about(path: Path) -> str:
    """First line of the comment at the top of the file, without the command."""
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.removeprefix("#").strip()
        if not text.startswith("harmonium "):
            return text
    return ""


def find(name: str) -> Path:
    """Returns the file of a built-in recipe.

    Raises:
        FileNotFoundError: there is no such recipe; the message gives the nearest name.

    >>> find("digits_rmb")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: no recipe 'digits_rmb', did you mean 'digits_rbm'? There are: ...
    """
    known = builtin()
    stem = name.removesuffix(".yaml")
    if stem not in known:
        raise FileNotFoundError(f"no recipe {name!r}{nearest(stem, known)}")
    return folder() / f"{stem}.yaml"


def find_recipe(name: str | os.PathLike[str]) -> Path:
    """Finds the file of a recipe by its path, or by the name of a built-in one.

    Raises:
        FileNotFoundError: there is neither; the message gives the nearest name.
        ValueError: the path is not a regular file.
    """
    path = Path(name)
    if path.is_file():
        return path
    if path.is_dir():
        raise UsageError(f"{name}: a folder; a recipe is a YAML file")
    if path.exists():
        return regular(path)  # raises with a description
    if path.suffix in {".yaml", ".yml", ".json"} or len(path.parts) > 1:
        raise FileNotFoundError(
            f"{name}: no such recipe file; harmonium ls lists the built-in recipes"
        )
    return find(path.name)


def copy(name: str, to: Path) -> Path:
    """Copies a built-in recipe to a new file or into a folder; returns the new file.

    Raises:
        FileNotFoundError: there is no such recipe, or no such folder.
        FileExistsError: the file exists; it is left unchanged.
    """
    source = find(name)
    target = to / source.name if to.is_dir() else to
    return write_new(target, source.read_text(encoding="utf-8"))


def write_new(path: Path, text: str) -> Path:
    """Writes a new file.

    Raises:
        FileNotFoundError: there is no such folder.
        FileExistsError: the file exists; it is left unchanged.
    """
    try:
        with path.open("x", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise FileExistsError(f"{path} exists and is left as it is: give another name") from None
    except FileNotFoundError:
        raise FileNotFoundError(f"no folder {path.parent}: make it first") from None
    return path
