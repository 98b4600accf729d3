"""The section of trees: which are drawn, and what is said about them."""

from types import SimpleNamespace

from harmonium.data import Trees, read_tree, tree_rows
from harmonium.report.sections.trees import _chosen, _negations, section
from tests.judges.lookup import WORDS, Lookup

KIND = Trees(WORDS, longest=9)


def chain(words):
    text = f"(? {words[0]})"
    for word in words[1:]:
        text = f"(? {text} (? {word}))"
    return read_tree(text)


def test_trees_of_some_words_are_drawn():
    found = [chain(WORDS[:n]) for n in (1, 6, 9, 2, 7, 8)]
    assert _chosen(tree_rows(found, KIND), kind=KIND).tolist() == [1, 2, 4]
    short = tree_rows(found[:1] * 5, KIND)
    assert _chosen(short, kind=KIND).tolist() == [0, 1, 2]


def test_negations_are_a_table_of_probabilities():
    evidence = SimpleNamespace(able=lambda *_: Lookup(KIND, turns=True))
    table = _negations(evidence, KIND)
    assert [row[0] for row in table.rows[:2]] == ["good", "great"]
    assert all(row[2] > 0.9 and row[3] > 0.9 for row in table.rows[:5])  # turned to negative
    assert all(row[1] > 0.9 and row[4] > 0.9 for row in table.rows[5:])
    assert _negations(evidence, Trees(("good",), longest=9)) is None


def test_models_that_read_no_trees_have_no_such_section():
    assert section(SimpleNamespace(has=lambda *_: False)) is None
