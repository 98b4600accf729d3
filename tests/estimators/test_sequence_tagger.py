"""The tagger with scikit-learn's verbs."""

import pickle

import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from harmonium import SequenceTagger
from tests.apply.tags import sentences

X, Y = ([list(part) for part in side] for side in zip(*sentences(), strict=True))


def small(**settings):
    return SequenceTagger(8, **{"embedding_size": 6, "random_state": 0, "n_epochs": 5, **settings})


@pytest.fixture(scope="module")
def model():
    return small(batch_size=12, learning_rate=0.03).fit(X, Y)


def test_it_tags_words(model):
    assert model.predict([["Lee", "see", "ann"], ["bo"]]) == [
        ["I-NAME", "O", "B-NAME"],
        ["B-NAME"],
    ]
    assert model.score(X, Y) == 1.0
    assert model.score([["ann", "see"]], [["B-NAME", "B-NAME"]]) == 0.5
    assert [*model.classes_] == ["B-NAME", "I-NAME", "O"]


def test_equal_seeds_and_files(model):
    assert clone(model).fit(X, Y).loss_curve_ == model.loss_curve_
    assert pickle.loads(pickle.dumps(model)).predict(X) == model.predict(X)


def test_what_it_refuses(model):
    with pytest.raises(NotFittedError):
        small().predict([["a"]])
    with pytest.raises(TypeError, match="X has a string for a sentence"):
        model.predict(["ann"])
    with pytest.raises(TypeError, match="y has a int for a word"):
        small().fit([["a"]], [[1]])
    with pytest.raises(ValueError, match="sentence 0 has 2 words and 1 tags"):
        small().fit([["a", "b"]], [["O"]])
    with pytest.raises(ValueError, match="sentence 1 of X is empty"):
        model.predict([["a"], []])
    with pytest.raises(ValueError, match="1 sentences and 2 lists"):
        model.score([["a"]], [["O"], ["O"]])
    with pytest.raises(ValueError, match="dropout"):
        small(dropout=1.0).fit(X, Y)
