"""The bound of validation rows: fixed codes, and numbers of the code that are used."""

import pytest
import torch

from harmonium.data import Examples, Sampled
from harmonium.models import VariationalModel
from harmonium.nets import Autoencoder
from harmonium.random import generator, seeded
from harmonium.watch import BoundWatch
from harmonium.watch.bound import SEED, active_units

X = torch.rand(30, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float32)


@pytest.fixture
def model():
    from harmonium.nets.codes import Gaussian

    with seeded(0):
        return VariationalModel(Autoencoder([6, 4, 2], code=Gaussian()))


def test_two_measurements_before_training_agree(model):
    watch = BoundWatch(model, Examples({"x": X}))
    assert watch.measure(0) == watch.measure(1)


def test_it_is_the_elbo_with_one_code(model):
    found = BoundWatch(model, Examples({"x": X})).measure(0)
    bound = model.bounds({"x": X}, samples=1, source=generator(SEED))["elbo"]
    assert found["val/elbo"] == pytest.approx(float(bound.mean()))
    cost = model.net.code.cost(model.net.encoder(X)).detach()
    assert found["val/code_cost"] == pytest.approx(float(cost.mean()))


def test_rows_are_drawn_once_where_the_data_are_drawn(model):
    watch = BoundWatch(model, Examples({"x": X}), draw=Sampled())
    assert set(watch.seen["x"].unique().tolist()) == {0.0, 1.0}
    assert watch.measure(0) == watch.measure(1)


def test_units_that_keep_to_their_prior_are_not_counted():
    points = torch.stack([torch.zeros(9), torch.full((9,), 0.05), torch.arange(9.0)], 1)
    points[::2, 1] *= -1
    assert active_units(points) == 1
