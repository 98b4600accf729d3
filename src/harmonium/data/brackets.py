"""Labelled binary trees in brackets, such as ``(3 (2 It) (4 (2 is) (4 great)))``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from harmonium.errors import DataError

__all__ = ["UNLABELLED", "Tree", "read_tree"]

UNLABELLED = "?"
"""Stands for the label of a node that has none."""

_TOKEN = re.compile(r"[()]|[^ \t\r\n()]+")
"""A bracket, or a label or word: words can hold spaces that are not to be broken."""


@dataclass(frozen=True)
class Tree:
    """A binary tree whose leaves are words, with a label at every node.

    Nodes stand in post-order: the left part, the right part, then the node itself. The root is
    the last, and the right child of node i is node i - 1.

    Args:
        labels: of the nodes; "?" for a node without label.
        words: of the leaves; None for a node with children.
        left: the left child of each node, -1 for a leaf.
        heights: steps from each node to its farthest leaf, 0 for a leaf.

    >>> tree = read_tree("(4 (2 very) (3 good))")
    >>> tree.sentence, tree.labels, len(tree)
    ('very good', ('2', '3', '4'), 3)
    >>> str(tree)
    '(4 (2 very) (3 good))'
    """

    labels: tuple[str, ...]
    words: tuple[str | None, ...]
    left: tuple[int, ...]
    heights: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def sentence(self) -> str:
        """The words, separated by spaces."""
        return " ".join(word for word in self.words if word is not None)

    def lowered(self) -> Tree:
        """The same tree with its words in lower case."""
        words = tuple(None if word is None else word.lower() for word in self.words)
        return replace(self, words=words)

    def __str__(self) -> str:
        parts: list[str] = []
        for label, word, left in zip(self.labels, self.words, self.left, strict=True):
            if left < 0:
                parts.append(f"({label} {word})")
            else:
                right = parts.pop()
                parts.append(f"({label} {parts.pop()} {right})")
        return parts[-1]


@dataclass
class _Open:
    """A node whose bracket is open: its label, word and children so far."""

    place: int
    label: str | None = None
    word: str | None = None
    children: list[int] = field(default_factory=list)


@dataclass
class _Nodes:
    """The closed nodes, in post-order."""

    labels: list[str] = field(default_factory=list)
    words: list[str | None] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    heights: list[int] = field(default_factory=list)

    def close(self, node: _Open) -> int:
        """Adds a node; returns its index."""
        below = [self.heights[child] for child in node.children]
        self.labels.append(node.label or UNLABELLED)
        self.words.append(node.word)
        self.left.append(node.children[0] if node.children else -1)
        self.heights.append(1 + max(below) if below else 0)
        return len(self.labels) - 1


def read_tree(text: str, where: str = "tree") -> Tree:
    """Reads one tree in brackets.

    A leaf is ``(label word)``, any other node ``(label left right)``. The label ``?`` stands for
    none.

    Args:
        text: the brackets.
        where: place of the text, for messages.

    Raises:
        ValueError: the brackets are not those of one binary tree; the message gives the column.

    >>> read_tree("(3 (2 It) (4 is)", "line 7")
    Traceback (most recent call last):
    harmonium.errors.DataError: line 7, column 1: the bracket that opens here is not closed: add \
a )
    """
    stack: list[_Open] = []
    nodes, done = _Nodes(), False
    for token, column in _tokens(text):
        at = f"{where}, column {column}"
        if done:
            raise DataError(f"{at}: {token!r} follows the end of the tree: give one tree a line")
        if token == "(":
            _check_child(stack, at)
            stack.append(_Open(column))
        elif not stack:
            raise DataError(
                f"{at}: {token!r} stands outside of brackets: a tree is (label word) or (label "
                "left right)"
            )
        elif token == ")":
            _check_whole(stack[-1], at)
            index = nodes.close(stack.pop())
            done = not stack
            if stack:
                stack[-1].children.append(index)
        else:
            _take(stack[-1], token, at=at)
    if stack:
        raise DataError(
            f"{where}, column {stack[-1].place}: the bracket that opens here is not closed: add "
            "a )"
        )
    if not done:
        raise DataError(f"{where}: no tree in it: give (label word) or (label left right)")
    return Tree(tuple(nodes.labels), tuple(nodes.words), tuple(nodes.left), tuple(nodes.heights))


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Brackets, labels and words, with their columns from 1."""
    for match in _TOKEN.finditer(text):
        yield match.group(), match.start() + 1


def _check_child(stack: list[_Open], at: str) -> None:
    """Refuses a child before its parent's label, beside a word, or after two children."""
    if not stack:
        return
    node = stack[-1]
    if node.label is None:
        raise DataError(f"{at}: a node without label opens a bracket: write ? for no label")
    if node.word is not None:
        raise DataError(f"{at}: the node has the word {node.word!r}, so no part can follow")
    if len(node.children) == 2:
        raise DataError(f"{at}: a third part of one node: bring binary trees")


def _check_whole(node: _Open, at: str) -> None:
    """Refuses the end of a node with neither a word nor two children."""
    if node.word is None and len(node.children) != 2:
        has = "one part" if node.children else "neither a word nor parts"
        raise DataError(f"{at}: the node that ends here has {has}: give a word, or two parts")


def _take(node: _Open, token: str, *, at: str) -> None:
    """Takes a label, or the word of a leaf."""
    if node.label is None:
        node.label = token
    elif node.word is None and not node.children:
        node.word = token
    else:
        raise DataError(
            f"{at}: {token!r} follows the {'parts' if node.children else 'word'} of its node: a "
            "leaf has one word, and any other node two parts"
        )
