"""Files of bracketed trees as a data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from harmonium.bounds import Count, Share
from harmonium.data.brackets import UNLABELLED, Tree, read_tree
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.expand import opened_text
from harmonium.data.kinds import Classes
from harmonium.data.labels import encode
from harmonium.data.split import with_test
from harmonium.data.tree_kinds import INNER, NodeClasses, Trees, nodes_of
from harmonium.errors import DataError

__all__ = ["read_trees", "tree_rows", "tree_set", "trees", "trees_of", "vocabulary"]


def trees(  # noqa: PLR0913
    train: Path,
    test: Path | Share | None = None,
    *,
    validation: Path | None = None,
    size: Count = 10_000,
    longest: Count = 64,
    lower: bool = True,
    words: Sequence[str] | None = None,
    classes: Sequence[str | int] | None = None,
) -> DataSet:
    """Binary trees with a label at every node, one a line: `(3 (2 It) (4 (2 is) (4 great)))`.

    Columns are "x", the trees (`data.tree_kinds.Trees`); "y", the classes of the roots; and
    "nodes", the classes of all nodes in post-order. The label ? stands for none. The name of a row
    is its sentence. Text is UTF-8, plain, .gz or .xz; empty lines are left out.

    Args:
        train: File with the training trees.
        test: File with the test trees, or a fraction of the training trees to hold out; null for
            none.
        validation: File with the validation trees; null for none.
        size: Number of different words to know, the most frequent of the training trees; others
            share one vector.
        longest: Maximum number of words of a tree.
        lower: Whether words are read in lower case.
        words: Words to know, in this order, instead of the `size` most frequent.
        classes: Names of the classes in their order, instead of the sorted labels.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: brackets are malformed, a tree has too many words, a label is none of the
            classes, or there are no trees; the message gives file and line.
    """
    files = {"train": train, "validation": validation, "test": test}
    given = {part: file for part, file in files.items() if isinstance(file, str | Path)}
    found = {part: read_trees(Path(file), lower=lower) for part, file in given.items()}
    data = tree_set(
        Path(train).name.split(".")[0],
        found,
        words=vocabulary(found["train"], size) if words is None else words,
        longest=longest,
        classes=classes,
    )
    return data if isinstance(test, str | Path) or not test else with_test(data, test)


def read_trees(path: Path, *, lower: bool = True) -> list[Tree]:
    """Reads a file of bracketed trees, one a line.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: brackets are malformed, or there are no trees.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    with opened_text(path) as lines:
        found = [
            read_tree(line, f"{path}, line {number}")
            for number, line in enumerate(lines, start=1)
            if line.strip()
        ]
    if not found:
        raise DataError(f"{path}: no tree in it; at least one is needed")
    return [tree.lowered() for tree in found] if lower else found


def vocabulary(found: Iterable[Tree], size: int) -> tuple[str, ...]:
    """The most frequent words of trees, ties in alphabetical order.

    >>> vocabulary([read_tree("(1 (0 a) (1 b))"), read_tree("(1 b)")], 5)
    ('b', 'a')
    """
    counts = Counter(word for tree in found for word in tree.words if word is not None)
    return tuple(sorted(counts, key=lambda word: (-counts[word], word))[:size])


def tree_set(
    name: str,
    found: Mapping[str, Sequence[Tree]],
    *,
    words: Sequence[str],
    longest: int,
    classes: Sequence[str | int] | None = None,
) -> DataSet:
    """Makes a data set of trees by split.

    Raises:
        ValueError: a tree has too many words, or a label is none of the classes.
    """
    for part, listed in found.items():
        _check_lengths(listed, longest, where=f"{name}, {part}")
    labels = {
        part: [*chain.from_iterable(tree.labels for tree in listed)]
        for part, listed in found.items()
    }
    if classes is None:
        known = {p: [None if k == UNLABELLED else k for k in row] for p, row in labels.items()}
        codes, classes = encode(known, unlabelled="")
    else:
        codes = {
            part: _codes(row, classes, where=f"{name}, {part}") for part, row in labels.items()
        }
    kind = Trees(tuple(words), longest)
    columns = {
        "x": kind,
        "y": Classes(tuple(classes)),
        "nodes": NodeClasses(tuple(classes), longest),
    }
    splits = {
        part: Examples(
            _columns(listed, codes[part], kind=kind), tuple(tree.sentence for tree in listed)
        )
        for part, listed in found.items()
    }
    return DataSet(name, **splits, columns=columns)  # type: ignore[arg-type]


def tree_rows(found: Sequence[Tree], kind: Trees) -> Tensor:
    """Rows of trees as their kind states, float32 ``(N, 3 M)``.

    >>> tree_rows([read_tree("(1 (0 so) (1 good))")], Trees(("good",), longest=2)).tolist()
    [[1.0, 2.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]]
    """
    number = {word: k + 2 for k, word in enumerate(kind.words)}
    x = np.zeros((len(found), *kind.shape), dtype=np.float32)
    for row, tree in zip(x, found, strict=True):
        n = len(tree)
        row[0, :n] = [INNER if w is None else number.get(w, 1) for w in tree.words]
        row[1, :n] = np.maximum(tree.left, 0)
        row[2, :n] = tree.heights
    return torch.from_numpy(x).flatten(1)


def trees_of(
    rows: Tensor,
    kind: Trees,
    *,
    labels: Sequence[Sequence[str]],
    sentences: Sequence[str] | None = None,
) -> list[Tree]:
    """The trees of rows, with given labels.

    Args:
        rows: ``(N, 3 M)``.
        kind: of the rows.
        labels: of the nodes of each tree, in post-order; those beyond its nodes are not read.
        sentences: the words of each tree, separated by spaces; None to take them from the
            vocabulary, with "<?>" for a word that it lacks.
    """
    known = ("", "<?>", *kind.words)
    made = []
    for k, (code, left, height) in enumerate(kind.shaped(rows).long().tolist()):
        n = sum(c != 0 for c in code)
        if sentences is None:
            words = iter([known[c] for c in code if c > 0])
        else:
            words = iter(sentences[k].split(" "))
        made.append(
            Tree(
                tuple(labels[k][:n]),
                tuple(None if c == INNER else next(words) for c in code[:n]),
                tuple(left[i] if c == INNER else -1 for i, c in enumerate(code[:n])),
                tuple(height[:n]),
            )
        )
    return made


def _columns(found: Sequence[Tree], codes: Tensor, *, kind: Trees) -> dict[str, Tensor]:
    """The columns of one split, from the codes of all its nodes in one row."""
    lengths = torch.tensor([len(tree) for tree in found])
    nodes = torch.full((len(found), nodes_of(kind.longest)), -1, dtype=torch.int64)
    nodes[torch.arange(nodes.shape[1]) < lengths[:, None]] = codes
    return {
        "x": tree_rows(found, kind),
        "y": codes[lengths.cumsum(0) - 1],
        "nodes": nodes,
    }


def _codes(labels: Sequence[str], classes: Sequence[str | int], *, where: str) -> Tensor:
    """Labels as indices into given classes."""
    number = {str(name): k for k, name in enumerate(classes)} | {UNLABELLED: -1}
    if strange := sorted(set(labels) - set(number)):
        raise DataError(
            f"{where}: labels {', '.join(strange[:5])} are none of the classes "
            f"{', '.join(map(str, classes))}"
        )
    return torch.tensor([number[label] for label in labels])


def _check_lengths(found: Sequence[Tree], longest: int, *, where: str) -> None:
    for row, tree in enumerate(found):
        if len(tree) > nodes_of(longest):
            raise DataError(
                f"{where}, tree {row + 1}: {(len(tree) + 1) // 2} words, and a tree may have "
                f"{longest}: raise longest, or leave the tree out"
            )
