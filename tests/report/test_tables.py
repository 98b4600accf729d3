"""How cells read, and which are the best."""

import numpy as np
import pytest
import torch

from harmonium.report import Table
from harmonium.report.tables import read_cell


@pytest.mark.parametrize(
    ("value", "spec", "text", "numeric"),
    [
        (None, "", "–", False),
        ("rbm", ".3f", "rbm", False),
        (True, "", "True", False),
        (12345, "", "12,345", True),
        (0.123456, "", "0.1235", True),
        (-86.34, ".1f", "−86.3", True),
        (1e-05, "", "1e-05", True),
        (0.9731, ".1%", "97.3%", True),
        (np.float32(0.5), "", "0.5", True),
        (np.int64(7), "", "7", True),
        (torch.tensor(0.25), "", "0.25", True),
        (float("nan"), ".1f", "nan", True),
        ((0.9731, 0.0021), ".3f", "0.973 ± 0.002", True),
        (("a", 1), "", "('a', 1)", False),
    ],
)
def test_cells_read(value, spec, text, numeric):
    cell = read_cell(value, spec=spec)
    assert (cell.text, cell.numeric) == (text, numeric)


def best_of(table):
    return [[cell.best for cell in row] for row in table.cells()]


def test_the_best_are_marked_ties_included_and_nan_never():
    rows = [["a", 0.9, (3.0, 1.0)], ["b", 0.9, (2.0, 9.0)], ["c", float("nan"), None]]
    table = Table(columns=["model", "acc", "cost"], rows=rows, best={"acc": "max", "cost": "min"})
    assert best_of(table) == [[False, True, False], [False, True, True], [False] * 3]


def test_nothing_is_best_unless_asked():
    assert best_of(Table(columns=["a"], rows=[[1], [2]])) == [[False], [False]]


SENTENCE = "a sentence that is long enough to need more than one line of a page"


@pytest.mark.parametrize(
    ("columns", "row", "stacks"),
    [
        (["method", "accuracy, %", "seconds"], ["logistic regression", "91.8 ± 0.5", 0.2], ""),
        (["method", "what"], ["a", SENTENCE], ""),
        (["what", "seen", "meaning"], ["a", SENTENCE, SENTENCE], "narrow"),
        ([f"column {k}" for k in range(8)], list(range(8)), "narrow"),
        ([f"number {k}" for k in range(13)], list(range(13)), "small"),
        ([f"number {k}" for k in range(20)], list(range(20)), "always"),
        (["a"] * 3, ["x" * 200] * 3, "narrow"),
        (["a"] * 3, [10**14] * 3, "narrow"),
    ],
)
def test_a_table_that_is_too_wide_for_a_page_stands_its_cells_below_each_other(
    columns, row, stacks
):
    assert Table(columns=columns, rows=[row]).stacks() == stacks


def test_a_sentence_and_a_long_word_get_a_width_of_their_own():
    assert read_cell(SENTENCE).long
    assert read_cell("x" * 21).long
    assert not read_cell("x" * 20).long
    assert not read_cell("deep belief net (this recipe)").long


def test_a_column_is_numeric_if_all_its_cells_are():
    table = Table(columns=["a", "b", "c"], rows=[["x", 1, 1], ["y", None, "z"]])
    assert table.numeric() == [False, True, False]
    assert Table(columns=["a"], rows=[]).numeric() == [False]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": [[1]]}, "row 0 has 1 cells for 2 columns"),
        ({"specs": {"c": ".1f"}}, r"unknown columns \['c'\]"),
        ({"best": {"c": "max"}}, r"unknown columns \['c'\]"),
        ({"best": {"a": "most"}}, "'max' or 'min'"),
    ],
)
def test_tables_that_do_not_fit_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        Table(**{"columns": ["a", "b"], "rows": [[1, 2]], **change})
