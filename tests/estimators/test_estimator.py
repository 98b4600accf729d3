"""What an estimator does without a setting or a result, and where its seeds come from."""

import pickle

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from harmonium import RBM, ClassificationRBM, DBNClassifier
from harmonium.estimators.estimator import fresh_seed

X = (np.random.default_rng(0).random((30, 5)) < 0.5).astype(float)


def without(model, *names):
    """The estimator as a version that lacked these attributes would have pickled it."""
    old = pickle.loads(pickle.dumps(model))
    for name in names:
        del old.__dict__[name]
    return old


def test_a_missing_setting_has_its_default():
    model = RBM(4, n_epochs=1, patience=9, random_state=0).fit(X)
    old = without(model, "patience", "contrast")
    assert old.get_params()["patience"] == RBM().patience
    assert "RBM(" in repr(old)
    assert np.array_equal(old.transform(X), model.transform(X))


@pytest.mark.parametrize("name", ["_base", "graph_", "components_", "nonsense"])
def test_a_missing_result_is_said_in_words(name):
    model = RBM(4, n_epochs=1, random_state=0)
    with pytest.raises(NotFittedError, match=f"RBM has no '{name}'.*call fit first"):
        getattr(model, name)
    assert not hasattr(model, name)


def test_a_file_without_a_result_is_refused_with_words_not_with_wrong_numbers():
    model = RBM(4, n_epochs=1, random_state=0).fit(X)
    model.score(X)
    old = without(model, "_base", "_partition")
    with pytest.raises(NotFittedError, match="call fit first"):
        old.score(X)


def test_copies_and_the_protocols_of_python_meet_no_words():
    model = RBM(4)
    assert not hasattr(model, "__nonsense__")
    with pytest.raises(AttributeError, match="__nonsense__"):
        getattr(model, "__nonsense__")  # noqa: B009


@pytest.mark.parametrize("kind", [ClassificationRBM, DBNClassifier])
def test_names_of_features_need_a_fit(kind):
    with pytest.raises(NotFittedError):
        kind().get_feature_names_out()


def test_seeds_repeat_for_a_number_and_are_new_without_one():
    assert fresh_seed(5) == fresh_seed(5) == np.random.RandomState(5).randint(2**31 - 1)
    before = np.random.get_state()[1].tolist()
    seeds = {fresh_seed(None) for _ in range(20)}
    assert len(seeds) == 20
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert np.random.get_state()[1].tolist() == before
