"""Reads YAML 1.2 into plain values, with the line of each; tags never make objects.

JSON is YAML. YAML's ambiguous features are refused: tags, directives, duplicate keys, keys that
are not text, and several documents.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    NodeEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from harmonium.describe.problems import Path, Problem, RecipeError, dotted, shown
from harmonium.files import regular

__all__ = ["Document", "from_mapping", "parse", "read_file"]

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_VALUES = 100_000
MAX_NODES = 20_000
"""Maximum number of values and keys in a text; reading more would take minutes."""

_CORE = "tag:yaml.org,2002:"


@dataclass
class Document:
    """A file as plain values: dict, list, str, int, float, bool and None.

    Args:
        value: the root.
        name: of the file, for messages; empty without a file.
        folder: folder to which the recipe's paths are relative.
        places: path -> "file:line", or the override that gave the value.
    """

    value: Any
    name: str = ""
    folder: FilePath = field(default_factory=FilePath.cwd)
    places: dict[Path, str] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """Place of a value, or of the nearest value above it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.name)


def read_file(path: FilePath) -> Document:
    """Reads a document from a file.

    Raises:
        FileNotFoundError: there is no such file.
        RecipeError: the file is not YAML as recipes allow it.
    """
    name = str(path)
    if path.is_dir():
        raise RecipeError([Problem(name, "", "is a folder; give the recipe's file")])
    try:
        place = regular(path)
    except ValueError as error:
        problem = Problem(name, "", str(error).removeprefix(f"{path}: "))
        raise RecipeError([problem]) from None
    with place.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise RecipeError([Problem(name, "", f"is larger than {MAX_BYTES} bytes: no recipe is")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte {raw[error.start]:#04x} is not UTF-8 text: save the recipe as UTF-8"
        raise RecipeError([Problem(f"{name}:{line}", "", message)]) from None
    document = parse(text, name)
    document.folder = path.resolve().parent
    return document


def parse(text: str, name: str = "") -> Document:
    """Reads a document from a text.

    Raises:
        RecipeError: the text is not YAML as recipes allow it.
    """
    prefix = f"{name}:" if name else "line "
    directive = re.search(r"^%.*", text, re.MULTILINE)
    if directive:
        line = text[: directive.start()].count("\n") + 1
        message = f"{directive[0][:60]!r} is a YAML directive: recipes use none, delete the line"
        raise RecipeError([Problem(f"{prefix}{line}", "", message)])
    try:
        _check_events(text, prefix)
        node = YAML(typ="safe", pure=True).compose(text)
    except RecipeError:
        raise
    except MarkedYAMLError as error:
        raise RecipeError([_syntax(error, prefix)]) from None
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        message = f"is not YAML: it has the character {error.character:#x}, which no text has"
        raise RecipeError([Problem(f"{prefix}{line}", "", message)]) from None
    except (YAMLError, ValueError) as error:
        raise RecipeError([Problem(name, "", f"is not YAML: {_first(str(error))}")]) from None
    except RecursionError:
        raise RecipeError([Problem(name, "", "is nested too deeply: no recipe is")]) from None
    if node is None:
        message = "is empty; `harmonium init` writes a recipe to start from"
        raise RecipeError([Problem(name, "", message)])
    reader = _Reader(prefix)
    value = reader.value(node, ())
    if reader.problems:
        raise RecipeError(reader.problems)
    return Document(value, name, places=reader.places)


def _check_events(text: str, prefix: str) -> None:
    """Reads the text once without storing it, and stops if it exceeds a limit."""
    nodes, depth = 0, 0
    anchors: set[str] = set()
    for event in YAML(typ="safe", pure=True).parse(text):
        nodes += isinstance(event, NodeEvent)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        message = ""
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            message = "has too many values or levels; no recipe has"
        elif isinstance(event, NodeEvent) and not isinstance(event, AliasEvent) and event.anchor:
            if event.anchor in anchors:
                message = f"the anchor &{event.anchor} stands here again: give each its own name"
            anchors.add(event.anchor)
        if message:
            raise RecipeError([Problem(f"{prefix}{event.start_mark.line + 1}", "", message)])


def _first(text: str) -> str:
    return text.strip().split("\n")[0][:200]


def _syntax(error: MarkedYAMLError, prefix: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = f"{prefix}{mark.line + 1}" if mark is not None else prefix.rstrip(":")
    message = " ".join(filter(None, (error.context, error.problem))) or "the text breaks off"
    hint = ""
    if "\\t" in message:
        hint = "; indent with spaces, not tabs"
    elif "expected <block end>" in message or "could not find expected ':'" in message:
        hint = "; check the indentation and the colon of this line and the one above"
    elif "mapping values are not allowed" in message:
        hint = "; a line above ends in a value and goes on as a mapping: check the indentation"
    return Problem(where, "", f"is not YAML: {_first(message)}{hint}")


class _Reader:
    """Turns YAML nodes into values and collects problems."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.places: dict[Path, str] = {}
        self.problems: list[Problem] = []
        self.count = 0

    def value(self, node: Node, path: Path) -> Any:  # noqa: ANN401
        self.count += 1
        self.places.setdefault(path, f"{self.prefix}{node.start_mark.line + 1}")
        if self.count > MAX_VALUES or len(path) > MAX_DEPTH:
            if self.count < 2 * MAX_VALUES:  # report it once
                self.problem(path, "has too many values or levels, aliases counted; no recipe has")
                self.count = 2 * MAX_VALUES
            return None
        tag = str(node.tag or "")
        if isinstance(node, ScalarNode):
            return self.scalar(node, path, tag=tag.removeprefix(_CORE))
        expected = "map" if isinstance(node, MappingNode) else "seq"
        if tag != _CORE + expected:
            self.problem(path, f"has the tag {tag}: recipes use none, delete it")
            return None
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return self.mapping(node, path)

    def mapping(self, node: Node, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, item in node.value:
            where = f"{self.prefix}{key_node.start_mark.line + 1}"
            key = key_node.value
            if not isinstance(key_node, ScalarNode) or key_node.tag != f"{_CORE}str":
                message = f"the key {_first(str(key))!r} is not text: name a setting"
                self.problems.append(Problem(where, dotted(path), message))
                continue
            here = (*path, key)
            if key in values:
                first = self.places[here]
                message = f"stands here and at {first}: keep one of them"
                self.problems.append(Problem(where, dotted(here), message))
                continue
            self.places[here] = where
            values[key] = self.value(item, here)
        return values

    def scalar(self, node: ScalarNode, path: Path, *, tag: str) -> Any:  # noqa: ANN401
        text = str(node.value)
        if tag in ("str", "timestamp", "value"):
            return text
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() == "true"
        try:
            if tag == "int":
                return _whole(text.replace("_", ""))
            if tag == "float":
                return _real(text.replace("_", "").lower())
        except ValueError:
            self.problem(path, f"{text[:40]!r} is no number: write a decimal one")
            return None
        self.problem(path, f"has the tag {tag}: recipes use none, delete it")
        return None

    def problem(self, path: Path, message: str) -> None:
        self.problems.append(Problem(self.places[path], dotted(path), message))


def _whole(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2].lower(), 10)
    return sign * int(digits if base == 10 else digits[2:], base)


def _real(text: str) -> float:
    special = {".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf, ".nan": math.nan}
    return special[text] if text in special else float(text)


def from_mapping(value: Mapping[str, Any]) -> Document:
    """Makes the document of a Python mapping; tuples become lists, paths become text.

    Raises:
        RecipeError: a value cannot be written in a file.
    """
    problems: list[Problem] = []
    plain = _plain(value, (), problems=problems)
    if problems:
        raise RecipeError(problems)
    return Document(plain)


def _plain(value: object, path: Path, *, problems: list[Problem]) -> Any:  # noqa: ANN401
    if len(path) > MAX_DEPTH:
        problems.append(Problem("", dotted(path[:5]) + "...", "is nested too deeply"))
        return None
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                problems.append(Problem("", dotted(path), f"the key {key!r} is not text"))
        return {
            k: _plain(v, (*path, k), problems=problems)
            for k, v in value.items()
            if isinstance(k, str)
        }
    if isinstance(value, list | tuple):
        return [_plain(v, (*path, i), problems=problems) for i, v in enumerate(value)]
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, FilePath):
        return str(value)
    problems.append(Problem("", dotted(path), f"is {shown(value)}: give plain values"))
    return None
