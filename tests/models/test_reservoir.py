"""Reservoirs as models: they read series, and decide or predict."""

import pytest
import torch

from harmonium.data import Classes, DataSet, Examples, Series
from harmonium.errors import UsageError
from harmonium.models import adapted
from harmonium.nets import ReservoirNet
from harmonium.nets.reservoirs import EchoState

X = torch.tensor([[1.0, 2.0, 3.0, 4.0, 0.0, 0.0], [5.0, 6.0, 7.0, 8.0, 9.0, 10.0]])
COLUMNS = {"x": X, "length": torch.tensor([2.0, 3.0]), "y": torch.tensor([0, 1])}
DATA = DataSet("two", Examples(COLUMNS), columns={"x": Series(2, 3), "y": Classes(("a", "b"))})


def test_it_reads_series_to_their_ends():
    model = adapted(ReservoirNet(EchoState(2, 4), 2))
    model.meet(DATA)
    model.take_units(COLUMNS)
    torch.testing.assert_close(model.net.standardised.mean, torch.tensor([5.0, 6.0]))
    batch = model.reads(DATA.train).batch(slice(None))
    alone = model.codes({"x": X[:1, :4].reshape(1, 2, 2)})["h1"]
    torch.testing.assert_close(model.codes(batch)["h1"][:1], alone)
    assert model.width == 0
    assert model.decide(batch).shape == (2,)
    assert model.unfold(batch["x"][0])["units"].shape == (2, 4)


def test_one_of_values_predicts():
    model = adapted(ReservoirNet(EchoState(2, 4), 3, outputs="values"))
    assert model.predict(model.reads(DATA.train).batch(slice(None))).shape == (2, 3)
    assert model.unfold(X[1].reshape(3, 2))["outputs"].shape == (3, 3)


def test_other_channels_are_refused():
    model = adapted(ReservoirNet(EchoState(3, 4), 2))
    with pytest.raises(UsageError, match="its layer has 3 inputs, and the series of two have 2"):
        model.meet(DATA)
