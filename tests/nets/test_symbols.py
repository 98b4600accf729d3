"""Vocabularies of nets: as numbers, as symbols, from a run."""

import pytest

import harmonium as hm
from harmonium.data import Vocabulary
from harmonium.errors import DataError, UsageError
from harmonium.nets import Transducer


def test_numbers_become_symbols():
    net = Transducer(2, 3, embedding=2, hidden=2)
    with pytest.raises(UsageError, match="how many symbols there are, and not which"):
        _ = net.vocabularies
    read, write = Vocabulary(("a", "b"), "words"), Vocabulary(("x", "y", "z"), "words")
    net.take(read, write)
    assert net.vocabularies == (read, write)
    assert net.settings["targets"] == ["x", "y", "z"]
    assert net.settings["unit"] == "words"


def test_a_file_has_the_symbols(tmp_path):
    net = Transducer(["a", "b"], ["x"], embedding=2, hidden=2, longest=7)
    hm.save(net, tmp_path / "net.safetensors")
    again = hm.load(tmp_path / "net.safetensors")
    assert again.vocabularies == (Vocabulary(("a", "b")), Vocabulary(("x",)))
    assert again.longest == 7


def test_a_symbol_twice_is_refused():
    with pytest.raises(DataError, match="'a' twice"):
        Transducer(["a", "a"], 2)
