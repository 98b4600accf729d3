"""The net of texts: files keep its symbols, dropout follows a source."""

import pytest
import torch

import harmonium as hm
from harmonium.data import Vocabulary
from harmonium.errors import UsageError
from harmonium.nets import LanguageNet
from harmonium.nets.dropout import set_source
from harmonium.nets.recurrent import GRU, LSTM, MultiplicativeRNN


@pytest.mark.parametrize("layer", [LSTM(3, 5, layers=2), MultiplicativeRNN(3, 5)])
def test_a_file_has_the_symbols(layer, tmp_path):
    net = LanguageNet(["a", "b", "\n"], layer, dropout=0.25)
    hm.save(net, tmp_path / "net.safetensors")
    again = hm.load(tmp_path / "net.safetensors")
    assert again.vocabulary == Vocabulary(("a", "b", "\n"))
    assert again.settings["dropout"] == 0.25
    tokens = again.vocabulary.encode("ab\nba")[None]
    assert torch.equal(net.eval()(tokens)[0], again.eval()(tokens)[0])


def test_symbols_that_come_later():
    net = LanguageNet(3, GRU(3, 4))
    with pytest.raises(UsageError, match="how many symbols there are, and not which"):
        _ = net.vocabulary
    net.vocabulary = Vocabulary(tuple("xyz"))
    assert net.settings["vocabulary"] == ["x", "y", "z"]
    assert net.units == (3, 3, 4, 3)


def test_dropout_is_drawn_from_the_source():
    net = LanguageNet(3, GRU(3, 4), dropout=0.5).train()
    tokens = torch.tensor([[0, 1, 2, 1]])

    def logits(seed):
        set_source(net, torch.Generator().manual_seed(seed))
        return net(tokens)[0]

    assert torch.equal(logits(1), logits(1))
    assert not torch.equal(logits(1), logits(2))
    assert torch.equal(net.eval()(tokens)[0], net(tokens)[0])


def test_one_symbol_is_no_text():
    with pytest.raises(UsageError, match="at least 2"):
        LanguageNet(1, GRU(3, 4))
