"""Problems of a recipe: all of them at once, each with its place and a remedy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harmonium.catalogue.find import closest
from harmonium.errors import HarmoniumError

__all__ = ["Path", "Problem", "RecipeError", "dotted", "nearest", "shown"]

Path = tuple[str | int, ...]
"""Keys and indices from the root of a recipe to a setting."""


@dataclass(frozen=True)
class Problem:
    """One problem.

    Args:
        where: file and line, or the override; empty if unknown.
        path: of the setting, such as ``pretrain.layers.1.epochs``; empty for the whole recipe.
        message: the value found, and the remedy.
    """

    where: str
    path: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.path, self.message) if part)


class RecipeError(HarmoniumError, ValueError):
    """A recipe that cannot be run; ``problems`` lists all problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type["RecipeError"], tuple[Sequence[Problem]]]:
        return type(self), (self.problems,)


def dotted(path: Path) -> str:
    """Path as text, such as ``pretrain.layers.1``."""
    return ".".join(map(str, path))


def nearest(name: str, right: Iterable[str]) -> str:
    """End of a message: the nearest valid name, and all valid names.

    >>> nearest("epohcs", ["epochs", "layers"])
    "; did you mean 'epochs'? There are: epochs, layers"
    """
    names = list(right)
    if not names:
        return "; there is none to choose"
    near = closest(name, names)
    guess = f"; did you mean {near!r}? There are: " if near else "; there are: "
    return guess + ", ".join(names)


def shown(value: object) -> str:
    """A value as a short text for a message.

    >>> shown("abc"), shown([1, 2]), shown(None), shown(True)
    ("'abc' (text)", 'a list of 2', 'null', 'true')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f"{value!r} (text)" if len(value) <= 60 else f"text of {len(value)} characters"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, int) and abs(value) >= 10**30:
        return f"a number of {value.bit_length() * 3 // 10} digits"
    if isinstance(value, int | float):
        return repr(value)
    return f"{type(value).__name__}"
