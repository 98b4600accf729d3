"""The picture of a tree: one disc a node, one line a child, colours by class."""

from harmonium.data import read_tree
from harmonium.report.tree_picture import tree_picture

TREE = read_tree("(4 (2 very) (3 (2 very) (3 good)))")


def test_each_node_has_a_disc_and_each_word_a_place():
    (axes,) = tree_picture(TREE, range(5)).axes
    texts = [text.get_text() for text in axes.texts]
    assert sorted(texts) == sorted([*TREE.labels, "very", "very", "good"])
    assert len(axes.patches) == 5
    assert len(axes.lines) == 4
    places = {text.get_text(): text.get_position()[0] for text in axes.texts}
    assert places["very"] < places["good"]


def test_the_root_is_on_top_between_its_parts():
    (axes,) = tree_picture(TREE, range(5)).axes
    centres = [patch.center for patch in axes.patches]
    root, left, right = centres[4], centres[0], centres[3]
    assert root[1] == max(y for _, y in centres)
    assert left[0] < root[0] < right[0]


def test_equal_classes_have_equal_colours_and_mistakes_a_ring():
    true = ("2", "2", "?", "3", "0")
    (axes,) = tree_picture(TREE, range(5), true=true).axes
    faces = [patch.get_facecolor() for patch in axes.patches]
    assert faces[0] == faces[1]
    assert faces[2] == faces[3] != faces[4]
    rings = [patch.get_linewidth() > 1 for patch in axes.patches]
    assert rings == [False, False, False, False, True]


def test_words_do_not_overlap():
    tree = read_tree("(0 (1 extraordinarily) (1 (1 a) (1 incomprehensible)))")
    figure = tree_picture(tree, range(2))
    figure.canvas.draw()
    boxes = [
        text.get_window_extent() for text in figure.axes[0].texts if text.get_text() not in "01"
    ]
    for one in boxes:
        assert sum(one.overlaps(other) for other in boxes) == 1
        assert one.x0 >= 0
        assert one.x1 <= figure.bbox.x1


def test_signs_of_formulas_are_words():
    figure = tree_picture(read_tree("(0 (1 $x$) (1 $\\foo$))"), range(2))
    figure.canvas.draw()  # as a formula, the second word would be an error
    assert "$x$" in {text.get_text() for text in figure.axes[0].texts}
