"""Trees in brackets: read, written, and refused with the place."""

import pytest

from harmonium.data import read_tree
from harmonium.errors import DataError

LINES = [
    "(3 (2 It) (4 (2 is) (4 great)))",
    "(2 word)",
    "(1 (? (0 not) (3 good)) (2 .))",
    "(4 (3 2\u00a01\\/2) (2 stars))",
]


@pytest.mark.parametrize("line", LINES)
def test_what_is_written_is_what_was_read(line):
    assert str(read_tree(line)) == line


def test_nodes_stand_in_post_order():
    tree = read_tree("(3 (2 It) (4 (2 is) (5 great)))")
    assert tree.labels == ("2", "2", "5", "4", "3")
    assert tree.words == ("It", "is", "great", None, None)
    assert tree.left == (-1, -1, -1, 1, 0)
    assert tree.heights == (0, 0, 0, 1, 2)
    assert tree.sentence == "It is great"


def test_space_between_tokens_does_not_matter():
    assert str(read_tree("  ( 3(2 a)\t(4 b) ) \n")) == "(3 (2 a) (4 b))"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "line 3: no tree in it"),
        ("(3 (2 a) (4 b)", "line 3, column 1: the bracket that opens here is not closed"),
        ("(3 (2 a) (4 b)))", r"line 3, column 16: '\)' follows the end of the tree"),
        ("(3 a) (2 b)", r"line 3, column 7: '\(' follows the end of the tree"),
        ("a good film", "line 3, column 1: 'a' stands outside of brackets"),
        (")", r"line 3, column 1: '\)' stands outside of brackets"),
        ("(3 (2 a))", "line 3, column 9: the node that ends here has one part"),
        ("(3)", "line 3, column 3: the node that ends here has neither a word nor parts"),
        ("()", "line 3, column 2: the node that ends here has neither"),
        ("(3 (2 a) (2 b) (2 c))", "line 3, column 16: a third part of one node"),
        ("(3 a b)", "line 3, column 6: 'b' follows the word of its node"),
        ("(3 a (2 b))", "line 3, column 6: the node has the word 'a'"),
        ("(3 (2 a) b)", "line 3, column 10: 'b' follows the parts of its node"),
        ("((2 a) (2 b))", r"line 3, column 2: a node without label opens a bracket: write \?"),
    ],
)
def test_malformed_brackets_are_refused_with_their_place(line, message):
    with pytest.raises(DataError, match=message):
        read_tree(line, "line 3")


def test_a_deep_tree_needs_no_recursion():
    line = "(1 (1 a) " * 5000 + "(1 a)" + ")" * 5000
    tree = read_tree(line)
    assert tree.heights[-1] == 5000
    assert str(tree) == line
