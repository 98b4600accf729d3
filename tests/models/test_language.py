"""The model of texts: its abilities, and the data that it reads."""

import pytest
import torch

from harmonium.data import Examples
from harmonium.errors import UsageError
from harmonium.models import Continues, adapted
from harmonium.nets import LanguageNet
from harmonium.nets.continuing import next_log_probs
from harmonium.nets.recurrent import LSTM
from tests.apply.texts import data
from tests.stages import small


def model(symbols=None):
    known = data().vocabulary
    return adapted(LanguageNet(symbols or len(known), LSTM(4, 6)))


def test_it_takes_the_symbols_of_the_data():
    made = model()
    assert isinstance(made, Continues)
    made.meet(data())
    assert made.vocabulary == data().vocabulary
    with pytest.raises(UsageError, match=r"knows 7 symbols, but fox has 29 .*make vocabulary 29"):
        model(7).meet(data())
    with pytest.raises(UsageError, match="other symbols than fox.*give their number, 29"):
        model([*reversed(data().vocabulary.symbols)]).meet(data())


def test_its_unit_is_that_of_the_data_or_refused():
    made = model(len(data().vocabulary))
    assert made.net.settings["unit"] is None
    made.meet(data())
    assert made.net.settings["unit"] == "characters"
    other = model(len(data().vocabulary))
    other.net.settings["unit"] = "words"
    with pytest.raises(ValueError, match="its unit is words, but .* is cut into characters"):
        other.meet(data())


def test_a_stream_is_read_with_one_state():
    made, rows = model(), data().test
    kind = rows.kinds["x"]
    whole = next_log_probs(made.net, kind.joined(rows.x)[None])[0]
    assert torch.equal(made.next_log_probs(rows), whole)
    apart = made.next_log_probs(Examples({"x": rows.x}))
    assert apart.shape == whole.shape
    torch.testing.assert_close(apart[:22], whole[:22])
    assert (apart - whole)[22:].abs().max() > 1e-4


def test_rows_that_are_no_texts():
    with pytest.raises(UsageError, match="29 symbols"):
        model().check({"x": torch.tensor([[0, 29]])})
    with pytest.raises(UsageError, match="at least two"):
        model().check({"x": torch.zeros(3, 1, dtype=torch.int64)})
    layer = {"type": "rnn", "inputs": 2, "hidden": 3}
    net = {"type": "language", "vocabulary": 29, "recurrent": layer}
    stages = {"pretrain": None, "fine_tune": None}
    with pytest.raises(UsageError, match="model: it reads texts, and the rows of toy are numbers"):
        small.one(model=net, train={"type": "language", "epochs": 1}, **stages)
    with pytest.raises(UsageError, match="model: it reads numbers, and the rows of fox are texts"):
        small.one(
            data=data(),
            model={"type": "mlp", "units": [23, 3]},
            train={"type": "supervised", "epochs": 1},
            **stages,
        )
