"""The autoencoder as an estimator."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from harmonium import Autoencoder
from harmonium.data import digits

X = digits().train.numpy()
TEST = digits().test.numpy()


def test_rows_come_back_from_their_codes():
    model = Autoencoder((30, 8), n_epochs=5, random_state=0).fit(X)
    codes = model.transform(TEST)
    assert codes.shape == (500, 8)
    back = model.inverse_transform(codes)
    np.testing.assert_allclose(
        model.score_samples(TEST), -((back - TEST) ** 2).mean(1), rtol=0, atol=1e-6
    )
    assert back.min() >= 0
    assert back.max() <= 1
    with pytest.raises(ValueError, match="codes of 7 numbers, but the net has 8"):
        model.inverse_transform(codes[:, :7])


def test_a_deep_code_keeps_more_than_principal_components():
    """Five numbers for a digit."""
    pca = PCA(5).fit(X)
    linear = -((pca.inverse_transform(pca.transform(TEST)) - TEST) ** 2).mean()
    model = Autoencoder((100, 5), n_epochs=80, learning_rate=3e-3, random_state=0).fit(X)
    assert model.score(TEST) > 0.85 * linear  # scores are negative


def test_damaged_rows_are_mended():
    masked = TEST * (np.random.default_rng(0).random(TEST.shape) > 0.3)
    settings = {"n_epochs": 40, "learning_rate": 3e-3, "random_state": 0}
    errors = []
    for corruption in (0.0, 0.3):
        model = Autoencoder((100, 20), corruption=corruption, **settings).fit(X)
        back = model.inverse_transform(model.transform(masked))
        errors.append(float(((back - TEST) ** 2).mean()))
    assert errors[1] < 0.8 * errors[0]


def test_values_that_are_no_probabilities():
    model = Autoencoder((4,), n_epochs=1, outputs="probabilities")
    with pytest.raises(ValueError, match="probabilities lie in"):
        model.fit(X - 0.5)
    assert Autoencoder((4,), n_epochs=1).fit(X - 0.5).net_.output_kind == "values"
    assert Autoencoder((4,), n_epochs=1).fit(X).net_.output_kind == "probabilities"


def test_features_have_names():
    model = Autoencoder((4, 2), n_epochs=1).fit(X)
    assert list(model.get_feature_names_out()) == ["autoencoder0", "autoencoder1"]


QUICK = {"n_epochs": 3, "learning_rate": 3e-3, "random_state": 0}


def test_tied_weights_halve_the_parameters():
    tied, free = (Autoencoder((20, 5), tied=t, **QUICK).fit(X) for t in (True, False))
    sizes = [sum(p.numel() for p in m.net_.parameters()) for m in (tied, free)]
    assert sizes == [64 * 20 + 20 * 5 + 20 + 5 + 20 + 64, 2 * (64 * 20 + 20 * 5) + 109]
    assert tied.score(TEST) > free.fit(X[:50]).score(TEST) - 1


@pytest.mark.parametrize("noise", ["masking", "salt_pepper", "gaussian", "uniform"])
def test_every_kind_of_noise_is_drawn_from_the_seed(noise):
    settings = {"corruption": 0.3, "noise": noise, **QUICK}
    one, same = (Autoencoder((20, 5), **settings).fit(X) for _ in range(2))
    assert np.array_equal(one.transform(TEST), same.transform(TEST))
    clean = Autoencoder((20, 5), **QUICK).fit(X)
    assert not np.array_equal(one.transform(TEST), clean.transform(TEST))


def test_only_the_kept_numbers_of_a_code_differ_from_zero():
    model = Autoencoder((100,), kept=7, **QUICK).fit(X)
    assert ((model.transform(TEST) != 0).sum(1) <= 7).all()
    with pytest.raises(ValueError, match="kept is 7.*set code='linear', or kept=None"):
        Autoencoder((100,), kept=7, code="activation").fit(X)


@pytest.mark.parametrize("sizes", [(30,), (30, 10)])
def test_a_contractive_code_changes_less_when_its_row_does(sizes):
    settings = {"activation": "logistic", "code": "activation", "tied": True}
    more = {"n_epochs": 20, "learning_rate": 3e-3, "random_state": 0}
    noise = 1e-3 * np.random.default_rng(0).normal(size=TEST.shape).astype(TEST.dtype)
    changes = []
    for strength in (0.0, 1.0):
        model = Autoencoder(
            sizes, penalty="contractive", penalty_strength=strength, **settings, **more
        ).fit(X)
        changes.append(np.square(model.transform(TEST + noise) - model.transform(TEST)).sum())
    assert changes[1] < 0.5 * changes[0]
    assert set(model.history_[0]) >= {"train/cost"}


def test_a_penalty_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="'penalty' parameter"):
        Autoencoder((4,), penalty="songs").fit(X)
