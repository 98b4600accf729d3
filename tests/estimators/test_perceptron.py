"""The perceptron as an estimator."""

import numpy as np
import pytest
from sklearn import linear_model

from harmonium import Perceptron
from harmonium.data import digits

GATES = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


@pytest.mark.parametrize("y", [[0, 0, 0, 1], [0, 1, 1, 1]])
def test_it_stops_after_a_pass_without_mistakes(y):
    model = Perceptron(average=False, n_epochs=100, random_state=0).fit(GATES, y)
    assert model.predict(GATES).tolist() == y
    assert model.mistakes_[-1] == 0
    assert min(model.mistakes_[:-1]) > 0
    assert model.n_epochs_ < 30


def test_xor_is_beyond_it():
    model = Perceptron(average=False, n_epochs=100, random_state=0).fit(GATES, [0, 1, 1, 0])
    assert model.n_epochs_ == 100
    assert model.score(GATES, [0, 1, 1, 0]) < 1


def test_the_average_finds_digits_as_well_as_scikit_learns():
    data = digits()
    x, y = data.train.numpy(), data.train_labels.numpy()
    x_test, y_test = data.test.numpy(), data.test_labels.numpy()
    ours = Perceptron(n_epochs=5, random_state=0).fit(x, y).score(x_test, y_test)
    theirs = linear_model.Perceptron(random_state=0).fit(x, y).score(x_test, y_test)
    last = Perceptron(n_epochs=5, average=False, random_state=0).fit(x, y).score(x_test, y_test)
    assert ours > theirs - 0.005
    assert ours > last


def test_a_row_counts_as_much_as_its_weight():
    """One row of weight 3 moves the weights three times as far as one of weight 1."""
    x, y = np.array([[1.0, 2], [3, 4]]), [1, 0]
    model = Perceptron(average=False, n_epochs=1, random_state=0)
    moved = model.fit(x, y, sample_weight=[3.0, 1]).coef_
    assert np.abs(moved).max() > 0
    plain = model.fit(x, y, sample_weight=[1.0, 1]).coef_
    assert not np.array_equal(moved, plain)
    scaled = model.fit(x, y, sample_weight=[7.0, 7]).coef_
    assert np.array_equal(scaled, plain)


def test_partial_fits_go_on_where_the_last_one_ended():
    data = digits()
    x, y = data.train.numpy()[:300], data.train_labels.numpy()[:300]
    whole = Perceptron(n_epochs=3, random_state=0).fit(x, y)
    parts = Perceptron(random_state=0)
    for _ in range(3):
        parts.partial_fit(x, y)
    assert np.array_equal(parts.coef_, whole.coef_)
    assert len(parts.mistakes_) == 3
    with pytest.raises(ValueError, match=r"labels \[77\] are none of the classes"):
        parts.partial_fit(x[:2], [77, 1])


def test_it_claims_no_probabilities():
    assert not hasattr(Perceptron, "predict_proba")
