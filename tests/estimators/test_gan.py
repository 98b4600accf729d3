"""Adversarial nets as an estimator."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from harmonium import GAN
from harmonium.data import digits

X = digits().train.numpy()
Y = digits().train_labels.numpy()
SMALL = {"noise": 4, "n_epochs": 2, "random_state": 0}


def test_samples_repeat_by_their_seed():
    model = GAN((16,), **SMALL).fit(X)
    one = model.sample(20)
    assert one.shape == (20, 64)
    assert 0 <= one.min() < one.max() <= 1
    np.testing.assert_array_equal(one, model.sample(20))
    assert not np.array_equal(one, model.sample(20, random_state=1))
    np.testing.assert_array_equal(one, GAN((16,), **SMALL).fit(X[:50]).fit(X).sample(20))


def test_values_come_back_in_the_units_of_the_rows():
    source = np.random.default_rng(0)
    rows = source.normal([100.0, -3.0], [20.0, 0.1], size=(800, 2))
    drawn = GAN((32,), noise=4, n_epochs=60, random_state=0).fit(rows).sample(2000)
    assert np.all(np.abs(drawn.mean(0) - [100, -3]) < [8, 0.04])
    assert np.all(np.abs(np.log(drawn.std(0) / [20, 0.1])) < 0.5)


def test_rows_are_drawn_of_given_classes():
    source = np.random.default_rng(0)
    labels = source.permutation(np.array(["low", "high"] * 300))
    rows = source.normal(size=(600, 2)) * 0.3 + np.where(labels == "low", -2, 2)[:, None]
    model = GAN((16,), noise=4, conditional=True, n_epochs=60, random_state=0).fit(rows, labels)
    judge = LogisticRegression().fit(rows, labels)
    for name in model.classes_:
        assert (judge.predict(model.sample(100, name)) == name).mean() > 0.95
    both = np.array(["low", "high"] * 50)
    assert (judge.predict(model.sample(100, both)) == both).mean() > 0.95
    with pytest.raises(ValueError, match=r"labels \['middle'\] are none of the classes"):
        model.sample(3, "middle")
    with pytest.raises(ValueError, match="2 classes for 3 rows"):
        model.sample(3, ["low", "high"])


def test_classes_where_there_are_none_are_refused():
    with pytest.raises(ValueError, match=r"learns from classes: give fit\(X, y\)"):
        GAN((8,), conditional=True).fit(X)
    with pytest.raises(ValueError, match="is not conditional: leave y out"):
        GAN((8,), **SMALL).fit(X, Y).sample(2, 1)


@pytest.mark.parametrize("loss", ["non_saturating", "wasserstein", "hinge"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_loss_learns_in_the_type_of_the_rows(loss, dtype):
    model = GAN((8,), loss=loss, spectral_norm=loss == "hinge", **SMALL).fit(X.astype(dtype))
    assert model.sample(3).dtype == dtype
    assert {"train/discriminator_loss", "train/generator_loss"} <= set(model.history_[-1])


def test_variety_is_low_where_the_generator_collapses():
    settings = {"noise": 4, "n_epochs": 120, "random_state": 0}
    healthy = GAN((64, 64), **settings).fit(X)
    stuck = GAN((64, 64), learning_rate=0.1, **settings).fit(X)
    assert stuck.variety_ < 0.1 < 0.3 < healthy.variety_


def test_layers_are_needed():
    with pytest.raises(ValueError, match="give the units of every hidden layer"):
        GAN(()).fit(X)
