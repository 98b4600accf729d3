"""Trees in brackets as input of a scikit-learn classifier."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from harmonium import TreeClassifier
from harmonium.data import read_tree
from harmonium.errors import DataError, UsageError

GOOD, BAD = ("good", "great", "fine"), ("bad", "poor", "dull")


def reviews():
    """Sentences with and without a negation, with the sentiment of every part."""
    found = []
    for words, label in ((GOOD, 2), (BAD, 0)):
        for word in words:
            for noun in ("film", "plot", "end"):
                part = f"({label} {word})"
                found.append(f"({label} {part} (1 {noun}))")
                found.append(f"({2 - label} (1 not) {part})")
                found.append(f"({2 - label} ({2 - label} (1 Not) {part}) (1 {noun}))")
    return found


@pytest.fixture(scope="module")
def model():
    return TreeClassifier(hidden_size=8, n_epochs=60, learning_rate=0.02, random_state=0).fit(
        reviews()
    )


def test_it_learns_what_a_negation_does(model):
    assert model.score(reviews()) == 1.0
    assert model.classes_.tolist() == [0, 1, 2]
    assert model.predict(["(? (? not) (? good))", "(? (? NOT) (? dull))"]).tolist() == [0, 2]
    assert model.loss_curve_[-1] < 0.1 * model.loss_curve_[0]


def test_probabilities_are_those_of_the_decision(model):
    p = model.predict_proba(reviews())
    assert np.allclose(p.sum(1), 1, atol=1e-5)
    assert (model.classes_[p.argmax(1)] == model.predict(reviews())).all()


def test_every_node_gets_a_class_and_keeps_its_word(model):
    given = [read_tree("(? (? (? Not) (? bad)) (? film))"), "(? strange)"]
    first, second = model.predict_trees(given)
    assert str(first) == "(2 (2 (1 Not) (0 bad)) (1 film))"
    assert second.words == ("strange",)


def test_longer_trees_than_those_of_the_fit_are_read(model):
    text = "(? good)"
    for _ in range(20):
        text = f"(? {text} (? film))"
    assert model.predict([text]).shape == (1,)


def test_given_labels_of_the_roots_replace_those_of_the_trees():
    X = ["(0 (0 a) (0 b))", "(0 (0 b) (0 a))"] * 10
    y = [1, 0] * 10
    fitted = TreeClassifier(
        "tree_lstm", hidden_size=6, n_epochs=50, learning_rate=0.03, random_state=1
    )
    assert fitted.fit(X, y).score(X, y) == 1.0


def test_equal_seeds_give_equal_results_and_files_keep_them(model):
    again = clone(model).fit(reviews())
    kept = pickle.loads(pickle.dumps(model))  # noqa: S301
    for other in (again, kept):
        assert (other.predict_proba(reviews()) == model.predict_proba(reviews())).all()


def test_a_search_over_settings_splits_trees():
    search = GridSearchCV(
        TreeClassifier(n_epochs=3, random_state=0), {"net": ["recursive_net", "rntn"]}, cv=2
    )
    y = [int(text[1]) for text in reviews()]
    search.fit(reviews(), y)
    assert set(search.cv_results_["param_net"]) == {"recursive_net", "rntn"}
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_what_is_no_tree_is_refused(model):
    with pytest.raises(DataError, match="X, tree 1, column 1: the bracket that opens here"):
        model.predict(["(1 a)", "(1 (1 a)"])
    with pytest.raises(UsageError, match="X is a list of trees"):
        model.fit("(1 a)")
    with pytest.raises(UsageError, match="at least two classes, but the trees have 1"):
        TreeClassifier().fit(["(1 a)"])
    with pytest.raises(UsageError, match="2 trees and 1 labels: give one for each"):
        TreeClassifier().fit(["(1 a)", "(0 b)"], [1])
    with pytest.raises(NotFittedError):
        TreeClassifier().predict(["(1 a)"])
