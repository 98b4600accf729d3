"""Reductions are scored in what the model does: giving rows back, finding classes, or both."""

import pytest
from sklearn.decomposition import PCA as Sklearn
from sklearn.linear_model import LogisticRegression

from harmonium.baselines.pca import PCA
from harmonium.baselines.reduction import components_of
from harmonium.data import DataSet, Split
from tests.stages import small

AUTO = {
    "model": {"type": "autoencoder", "units": [6, 5, 3]},
    "pretrain": None,
    "train": {"type": "reconstruction", "epochs": 1},
    "fine_tune": None,
}
MLP = {
    "model": {"type": "mlp", "units": [6, 4, 2]},
    "pretrain": None,
    "train": {"type": "supervised", "epochs": 1},
    "fine_tune": None,
}


def test_beside_an_autoencoder_rows_are_given_back_from_as_many_numbers():
    made = small.one(**AUTO)
    assert components_of(made) == 3
    x, test = made.data.train.x.double().numpy(), made.data.test.x.double().numpy()
    model = Sklearn(3).fit(x)
    errors = (model.inverse_transform(model.transform(test)) - test) ** 2
    scores = PCA()(made)
    assert scores["reconstruction_error"] == pytest.approx(errors.mean(), rel=1e-9)
    assert scores["squared_error_sum"] == pytest.approx(errors.sum(1).mean(), rel=1e-9)
    stderr = errors.mean(1).std(ddof=1) / len(test) ** 0.5
    assert scores["reconstruction_stderr"] == pytest.approx(stderr, rel=1e-9)
    assert scores["settings"] == {"components": 3}
    assert "accuracy" not in scores


def test_beside_a_classifier_components_are_features():
    made = small.one("data.labels={per_class: 8}", **MLP)
    seen, test = made.labelled(made.data.train), made.data.test
    scores = PCA(components=2)(made)
    assert "reconstruction_error" not in scores
    model = Sklearn(2).fit(made.data.train.x.double().numpy())  # of all rows
    x, of_test = (model.transform(rows.x.double().numpy()) for rows in (seen, test))
    scale = x.std(0).mean()
    strength = scores["settings"]["C"]
    fitted = LogisticRegression(C=strength, max_iter=3000).fit(x / scale, seen.y.numpy())
    assert scores["accuracy"] == fitted.score(of_test / scale, test.y.numpy())
    assert scores["settings"]["components"] == 2


def test_beside_a_model_that_does_both_there_are_both():
    model = {"type": "classification_rbm", "visible": 6, "hidden": 4, "classes": 2}
    train = {"type": "discriminative", "epochs": 1}
    scores = PCA()(small.one(model=model, pretrain=None, train=train, fine_tune=None))
    assert {"accuracy", "reconstruction_error"} <= scores.keys()
    assert scores["settings"]["components"] == 4


def test_without_hidden_layers_there_are_ten_components():
    made = small.one(**{**MLP, "model": {"type": "mlp", "units": [6, 2]}})
    assert components_of(made) == 10
    assert PCA()(made)["settings"]["components"] == 6  # no more than values of a row


def test_test_rows_choose_nothing():
    made = small.one(**AUTO)
    first = PCA()(made)
    changed = made.data.test.with_columns(x=made.data.test.x.flip(0))
    object.__setattr__(made.data, "test", changed)
    assert PCA()(made)["reconstruction_error"] == pytest.approx(first["reconstruction_error"])


def test_all_components_give_everything_back():
    scores = PCA(components=6)(small.one(**AUTO))
    assert scores["reconstruction_error"] < 1e-20


def test_rows_need_no_labels():
    data = small.toy()
    bare = DataSet("bare", Split(data.train.x), test=Split(data.test.x), shape=(6,))
    made, labelled = small.one(data=bare, **AUTO), small.one(**AUTO)
    assert PCA()(made) == PCA()(labelled)
