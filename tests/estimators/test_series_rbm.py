"""RBMs of time series as an estimator."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.linear_model import Ridge

from harmonium import SeriesRBM
from harmonium.errors import UsageError

SOURCE = np.random.default_rng(0)


def folded(n, *, scale=10.0):
    """A tent map around 100, which no line predicts."""
    x = np.empty(n)
    x[0] = SOURCE.random()
    for t in range(1, n):
        x[t] = np.clip(1 - 2 * abs(x[t - 1]) + 0.02 * SOURCE.standard_normal(), -1, 1)
    return 100 + scale * x[:, None]


@pytest.fixture(scope="module")
def model():
    settings = {"lags": 1, "learning_rate": 0.02, "n_epochs": 150, "batch_size": 5}
    return SeriesRBM(20, random_state=0, **settings).fit(folded(2000))


def test_it_predicts_what_a_line_cannot_in_the_units_of_the_data(model):
    new = folded(500)
    ridge = Ridge().fit(new[:-1], new[1:])
    assert ridge.score(new[:-1], new[1:]) < 0.1
    found = model.predict(new)
    assert found.shape == (499, 1)
    assert model.score(new) > 0.4
    gap = ((found - new[1:]) ** 2).mean()
    assert model.score(new) == pytest.approx(1 - gap / new[1:].var())


def test_several_series_are_each_predicted_from_their_own_past(model):
    several = folded(120).reshape(4, 30, 1)
    found = model.predict(several)
    assert found.shape == (4, 29, 1)
    np.testing.assert_allclose(found.mean(), model.predict(several[0]).mean(), atol=6)


def test_continuations_stay_in_the_range_of_the_data_and_repeat(model):
    start = folded(50)
    drawn = model.sample(start, 200)
    assert drawn.shape == (200, 1)
    np.testing.assert_array_equal(drawn, model.sample(start, 200))
    assert not np.array_equal(drawn, model.sample(start, 200, random_state=1))
    assert 60 < drawn.min() < drawn.max() < 140
    assert model.sample(start.reshape(5, 10, 1), 3).shape == (5, 3, 1)


def test_bits_are_learned_with_a_memory():
    first = (SOURCE.random((100, 2, 1)) > 0.5).astype(float)
    x = np.tile(first, (1, 10, 1))
    made = SeriesRBM(
        10,
        lags=0,
        recurrent=True,
        n_epochs=200,
        learning_rate=0.02,
        batch_size=100,
        random_state=0,
    ).fit(x)
    assert made.machine_.settings["values"] == "binary"
    late = (made.predict(x) - x)[:, -5:]
    assert (late**2).mean() < 0.2  # .25 without any memory
    assert set(np.unique(made.sample(x, 4))) <= {0.0, 1.0}


def test_a_long_series_is_cut_so_that_every_frame_is_learned():
    made = SeriesRBM(2, lags=2, length=10, n_epochs=1)
    import torch

    x = torch.arange(26.0)[None, :, None]
    pieces = made._pieces(x)
    assert pieces.shape == (3, 10, 1)
    assert pieces[1, 0, 0] == 8  # the last two of a piece are the past of the next
    assert torch.equal(made._pieces(x.expand(2, -1, -1)), x.expand(2, -1, -1))


def test_equal_seeds_give_equal_results_and_settings_are_kept():
    x = folded(200)
    one = SeriesRBM(4, n_epochs=2, random_state=3).fit(x)
    two = clone(one).fit(x)
    np.testing.assert_array_equal(one.predict(x), two.predict(x))


@pytest.mark.parametrize(
    ("settings", "x", "message"),
    [
        ({"lags": 0}, np.zeros((9, 1)), "set recurrent=True"),
        ({"values": "binary"}, np.full((9, 1), 2.0), "set values='gaussian'"),
        ({"lags": 9}, np.arange(9.0)[:, None], "give longer series"),
        ({}, np.zeros((2, 3, 4, 5)), "one series"),
    ],
)
def test_what_does_not_fit_is_refused(settings, x, message):
    with pytest.raises(UsageError, match=message):
        SeriesRBM(**settings).fit(x)


def test_other_channels_are_refused(model):
    with pytest.raises(UsageError, match="X has 2 channels"):
        model.predict(np.zeros((9, 2)))


@pytest.mark.parametrize(("frames", "lags"), [(190, 3), (100, 3), (50, 0), (197, 3)])
def test_a_long_series_is_cut_without_loss(frames, lags):
    x = torch.arange(float(frames)).reshape(1, -1, 1)
    pieces = SeriesRBM(2, lags=lags, recurrent=True, length=100)._pieces(x)
    assert sorted(pieces[:, lags:].flatten().unique().tolist()) == [*range(lags, frames)]
    assert bool((pieces.diff(dim=1) == 1).all())


def test_a_channel_lit_in_one_frame_does_not_decide():
    """Its precision stays below the ceiling, however fast the machine learns."""
    x = np.zeros((300, 2))
    x[:, 0] = np.sin(np.arange(300) / 3) + 0.1 * SOURCE.standard_normal(300)
    x[7, 1] = 1.0
    found = SeriesRBM(5, lags=1, learning_rate=0.3, n_epochs=60, random_state=0).fit(x)
    units = found.machine_.graph.units["v"]
    scaled = torch.from_numpy((x - found.mean_) / found.scale_)[None].float()
    with torch.no_grad():
        before = units.log_precision.clone()
        units.log_precision.fill_(40.0)
        found.machine_.limiter(scaled, torch.ones(scaled.shape[:2], dtype=torch.bool))()
        most = units.log_precision.clone()
    assert bool((before <= most + 1e-3).all())
    assert float(most.max()) < 12
