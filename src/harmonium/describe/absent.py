"""Data of a recipe that are not on this computer, without reading any."""

from pathlib import Path

from harmonium.catalogue.known import KNOWN, locate
from harmonium.describe.recipe import Recipe

__all__ = ["absent"]


def absent(recipe: Recipe) -> list[str]:
    """Returns a sentence for each file, folder or known set of the recipe that is not here.

    Files of stages, such as weights to start from, are among them.

    A recipe without its data is valid: it may be written on one computer and run on another.
    """
    files = [
        f"{name}.file: {stage.file}: there is no such file here; training needs it"
        for name, stage in recipe.learning().items()
        if isinstance(getattr(stage, "file", None), Path) and not stage.file.exists()
    ]
    return _data(recipe) + files


def _data(recipe: Recipe) -> list[str]:
    source = recipe.data.source
    sentences = [
        f"data.source.{name}: {path}: there is no such file or folder here; training needs it"
        for name, path in source.settings.items()
        if isinstance(path, Path) and not path.exists()
    ]
    known = KNOWN.get(source.type)
    if known is None or sentences or source.settings.get("directory") or locate(source.type):
        return sentences
    remedy = (
        f"`pip install {known.package}`" if known.package else f"harmonium data info {source.type}"
    )
    return [f"data.source: {known.title} is not on this computer: {remedy}"]
