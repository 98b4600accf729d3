"""A net over series as a model: ends of series, units of the channels, refusals."""

import pytest
import torch

from harmonium.data import Classes, DataSet, Examples, Series
from harmonium.errors import UsageError
from harmonium.models import adapted
from harmonium.nets import SeriesNet
from harmonium.nets.recurrent import GRU

X = torch.tensor([[1.0, 2.0, 3.0, 4.0, 0.0, 0.0], [5.0, 6.0, 7.0, 8.0, 9.0, 10.0]])
COLUMNS = {"x": X, "length": torch.tensor([2.0, 3.0]), "y": torch.tensor([0, 1])}


def data(columns=COLUMNS, **kinds):
    given = {"x": Series(2, 3), "y": Classes(("a", "b")), **kinds}
    return DataSet("two", Examples(columns), columns={k: given[k] for k in given if k in columns})


def test_padding_is_told_from_frames_of_zeros():
    model = adapted(SeriesNet(GRU(2, 4), 2))
    batch = model.reads(data().train).batch(slice(None))
    assert batch["x"].shape == (2, 3, 2)
    assert batch["x"].isnan().all(2).tolist() == [[False, False, True], [False] * 3]
    alone = model.log_probs({"x": X[:1, :4].reshape(1, 2, 2)})
    torch.testing.assert_close(model.log_probs(batch)[:1], alone)
    assert model.codes(batch)["summary"].shape == (2, 4)


def test_units_come_from_the_frames_and_not_from_the_padding():
    model = adapted(SeriesNet(GRU(2, 4), 2))
    model.take_units(COLUMNS)
    torch.testing.assert_close(model.net.standardised.mean, torch.tensor([5.0, 6.0]))


def test_other_data_are_refused():
    model = adapted(SeriesNet(GRU(3, 4), 2))
    with pytest.raises(UsageError, match="its layer has 3 inputs, and the series of two have 2"):
        model.meet(data())
    rows = DataSet("rows", Examples({"x": X}))
    with pytest.raises(UsageError, match="it reads series, and the column x holds Numbers"):
        model.meet(rows)
    with pytest.raises(UsageError, match=r"series of shape \(3, 2\), but the net reads"):
        model.check({"x": X.reshape(2, 3, 2)})
