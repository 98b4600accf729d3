"""The transducer with scikit-learn's verbs."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from harmonium import SequenceTransducer
from tests.apply.sequences import pairs

X, Y = pairs()


def small(**settings):
    given = {"embedding_size": 6, "n_epochs": 20, "learning_rate": 0.03, "batch_size": 12}
    return SequenceTransducer(12, random_state=0, **{"longest": 8, **given, **settings})


@pytest.fixture(scope="module")
def model():
    return small().fit(X, Y)


def test_it_writes_what_it_has_learned(model):
    assert model.predict(["abba", "b"]).tolist() == ["ABBA", "B"]
    assert model.score(X, Y) == 1.0
    assert model.score(["a", "b"], ["A", "a"]) == 0.5
    assert model.loss_curve_[-1] < 0.1 < model.loss_curve_[0]


def test_the_alignment_follows_the_text(model):
    written, weights = model.alignment("aab")
    assert written == "AAB"
    assert weights.shape == (3, 3)
    assert np.allclose(weights.sum(1), 1)


def test_equal_seeds_and_files(model):
    other = clone(model).fit(X, Y)
    assert other.loss_curve_ == model.loss_curve_
    again = pickle.loads(pickle.dumps(model))
    assert again.predict(X).tolist() == model.predict(X).tolist()


def test_words():
    made = small(unit="words", n_epochs=30).fit(
        ["one two", "two", "one"] * 20, ["a b", "b", "a"] * 20
    )
    assert made.predict(["one two"]).tolist() == ["a b"]


def test_what_it_refuses(model):
    with pytest.raises(NotFittedError):
        small().predict(["a"])
    with pytest.raises(TypeError, match="X is a string"):
        model.predict("ab")
    with pytest.raises(TypeError, match="y is a list with int"):
        small().fit(["a"], [1])
    with pytest.raises(ValueError, match="2 texts in X and 1 in y"):
        small().fit(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="text 1 of X is empty"):
        small().fit(["a", ""], ["a", "b"])
    with pytest.raises(ValueError, match="text 0 of X is empty"):
        model.predict([""])
    with pytest.raises(ValueError, match="all texts of y are empty"):
        small().fit(["a"], [""])
    with pytest.raises(ValueError, match="text 0 of X: 'x' at place 1"):
        model.predict(["ax"])
    with pytest.raises(ValueError, match="longest"):
        small(longest=0).fit(X, Y)
    with pytest.raises(ValueError, match="1 texts in X and 2 in y"):
        model.score(["a"], ["A", "B"])
