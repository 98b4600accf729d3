"""The generator of texts with scikit-learn's verbs."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from harmonium import TextGenerator

TEXT = "the quick brown fox jumps over the lazy dog.\n" * 40


def small(**settings):
    return TextGenerator(
        24,
        embedding_size=8,
        n_epochs=12,
        learning_rate=0.03,
        sequence_length=20,
        batch_size=4,
        random_state=0,
        **settings,
    )


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "multiplicative"])
def test_it_learns_a_text_by_heart(cell):
    model = small(cell=cell).fit(TEXT)
    assert model.loss_curve_[-1] < 0.3 < model.loss_curve_[0]
    assert model.generate("the quick", 12, temperature=0) == "the quick brown fox j"
    assert model.score(TEXT) > -0.3
    assert model.score("god yzal eht revo") < -2


def test_equal_seeds_give_equal_texts():
    one, other = small().fit(TEXT), clone(small()).fit(TEXT)
    drawn = [m.generate("the", 50, temperature=2.0, random_state=3) for m in (one, other)]
    assert drawn[0] == drawn[1] != one.generate("the", 50, temperature=2.0, random_state=4)
    again = pickle.loads(pickle.dumps(one))
    assert again.generate("the", 50, temperature=2.0, random_state=3) == drawn[0]


def test_lists_of_texts_and_words():
    model = small(unit="words").fit(["to be or not to be"] * 60)
    assert model.generate("to be", 4, temperature=0) == "to be or not to be"
    costs = model.score_samples(["to be or not", "not not to to"])
    assert costs.shape == (2,)
    assert costs[0] > costs[1]
    assert model.score(["to be or not to be"] * 3) == pytest.approx(
        model.score("to be or not to be\n" * 3)
    )


def test_what_it_refuses():
    with pytest.raises(NotFittedError):
        small().generate("a")
    with pytest.raises(TypeError, match="list with int"):
        small().fit([1, 2])
    with pytest.raises(TypeError, match="empty list"):
        small().fit([])
    with pytest.raises(ValueError, match="cell"):
        small(cell="transformer").fit(TEXT)
    model = small().fit(TEXT)
    with pytest.raises(ValueError, match="'É' at place 1"):
        model.generate("tÉ")
    with pytest.raises(ValueError, match="text 1 has 1 characters"):
        model.score_samples(["the", "t"])
    assert np.isfinite(model.score("the"))


def test_a_text_without_ends_of_lines_begins_with_its_first_symbol():
    model = small().set_params(n_epochs=1).fit("the quick brown fox " * 20)
    assert len(model.generate(length=3)) == 4
