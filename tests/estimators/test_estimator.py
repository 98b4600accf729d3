"""What an estimator does without a setting or a result, and where its seeds come from."""

import pickle

import numpy as np
import pandas
import pytest
from sklearn.exceptions import NotFittedError

from harmonium import DBM, RBM, BoltzmannMachine, ClassificationRBM, DBNClassifier, Perceptron
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


@pytest.mark.parametrize("name", ["_base", "graph_", "components_"])
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


Y = X[:, 0].astype(int)
LEARNERS = {
    "RBM": lambda **given: RBM(4, n_epochs=3, random_state=0, **given).fit(X),
    "DBM": lambda **given: DBM((4, 3), pretrain_epochs=2, n_epochs=3, random_state=0, **given).fit(
        X
    ),
    "BoltzmannMachine": lambda **given: BoltzmannMachine(
        2, n_epochs=3, random_state=0, **given
    ).fit(X),
    "ClassificationRBM": lambda **given: ClassificationRBM(
        4, n_epochs=3, random_state=0, **given
    ).fit(X, Y),
    "DBNClassifier": lambda **given: DBNClassifier(
        (4, 3), pretrain_epochs=2, n_epochs=3, random_state=0, **given
    ).fit(X, Y),
}
STAGES = {
    "DBM": ["pretrain/0"] * 2 + ["pretrain/1"] * 2 + ["fit"] * 3,
    "DBNClassifier": ["pretrain/0"] * 2 + ["pretrain/1"] * 2 + ["fine_tune"] * 3,
}


@pytest.mark.parametrize("name", LEARNERS)
def test_every_epoch_of_every_stage_is_in_the_history(name):
    model = LEARNERS[name]()
    rows = model.history_
    assert [row["stage"] for row in rows] == STAGES.get(name, ["fit"] * 3)
    last = [row for row in rows if row["stage"] == rows[-1]["stage"]]
    assert [row["epoch"] for row in last] == [1, 2, 3]
    rates = [row["lr"] for row in last]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == 0
    frame = pandas.DataFrame(rows)
    assert len(frame) == len(rows)
    assert not any(column.startswith("time/") for column in frame)
    assert LEARNERS[name]().history_ == rows


def test_losses_and_what_stops_are_in_the_history():
    found = LEARNERS["ClassificationRBM"](early_stopping=True).history_
    assert {"train/loss", "val/error", "val/loss"} <= set(found[0])
    found = LEARNERS["DBNClassifier"]()
    assert found.loss_curve_ == [row["train/loss"] for row in found.history_[-3:]]
    model = LEARNERS["RBM"](early_stopping=True)
    assert all("val/log_likelihood" in row for row in model.history_)


def test_more_passes_continue_the_history_and_a_new_fit_begins_another():
    model = LEARNERS["RBM"]().partial_fit(X).partial_fit(X)
    assert [row["epoch"] for row in model.history_] == [1, 2, 3, 4, 5]
    assert len(model.fit(X).history_) == 3


@pytest.mark.parametrize("name", LEARNERS)
def test_progress_is_shown_to_who_asks_and_changes_nothing(name, capsys):
    quiet = LEARNERS[name]()
    assert capsys.readouterr() == ("", "")
    told = LEARNERS[name](verbose=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{name}, {told.history_[0]['stage']}, epoch 1 of ")
    assert told.history_ == quiet.history_


def test_a_method_that_there_is_not_is_no_matter_of_fitting():
    """``hasattr`` is how scikit-learn asks, and "call fit first" would mislead."""
    fitted = Perceptron(max_iter=1).fit(X, X[:, 0].astype(int))
    assert not hasattr(fitted, "predict_proba")
    with pytest.raises(AttributeError, match="'Perceptron' object has no attribute 'predict_pr"):
        fitted.predict_proba(X)
    assert not isinstance(_error(lambda: fitted.predict_proba), NotFittedError)
    assert isinstance(_error(lambda: RBM().graph_), NotFittedError)


def _error(call):
    with pytest.raises(AttributeError) as error:
        call()
    return error.value
