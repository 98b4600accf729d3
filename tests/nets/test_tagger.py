"""The tagger: its equations, padding, files."""

import torch

import harmonium as hm
from harmonium.nets import Tagger
from harmonium.random import seeded

X = torch.tensor([[0, 3, 1, 2], [2, 1, -1, -1]])


def net():
    with seeded(0):
        return Tagger(4, 3, embedding=2, hidden=3).double().eval()


def test_it_is_its_equations():
    made = net()
    v = made.words.weight[X[0]]
    ahead = made.both.ahead(v[None])[0][0]
    back = made.both.back(v.flip(0)[None])[0][0].flip(0)
    expected = made.outputs(torch.cat([ahead, back, v], 1))
    torch.testing.assert_close(made(X)[0], expected)


def test_what_stands_behind_the_end_changes_nothing():
    made = net()
    torch.testing.assert_close(made(X)[1, :2], made(X[1:, :2])[0])


def test_a_file_keeps_words_and_tags(tmp_path):
    made = Tagger(["<unknown>", "ann"], ["B", "O"], embedding=2, hidden=2, dropout=0.5)
    hm.save(made, tmp_path / "net.safetensors")
    again = hm.load(tmp_path / "net.safetensors")
    assert [known.symbols for known in again.vocabularies] == [("<unknown>", "ann"), ("B", "O")]
    assert again.settings == made.settings
