"""Search across parts of a row."""

from types import SimpleNamespace

import pytest
import torch
from torch.nn.functional import normalize

from harmonium.data import DataSet, Joined, Numbers, Split
from harmonium.judges.cross_modal import CrossModal, places

FORMS, COLOURS = 3, 4
WORDS = FORMS + COLOURS


def rows():
    """All pairs of a form and a colour; the "picture" is a fixed turn of the words."""
    form, colour = torch.meshgrid(torch.arange(FORMS), torch.arange(COLOURS), indexing="ij")
    one = torch.eye(FORMS)[form.flatten()], torch.eye(COLOURS)[colour.flatten()]
    words = torch.cat(one, 1)
    return torch.cat([words @ turn(), words], 1)


def turn():
    draws = torch.randn(WORDS, WORDS, generator=torch.Generator().manual_seed(2))
    return torch.linalg.qr(draws).Q


def trial(knows=True):
    kind = Joined({"picture": Numbers((WORDS,)), "words": Numbers((WORDS,))})
    data = DataSet("toy", Split(rows()), test=Split(rows()), columns={"x": kind})

    def embed(part, values):
        if part == "words":
            return normalize(values, dim=1)
        return normalize(values @ turn().T if knows else values, dim=1)

    return SimpleNamespace(data=data, able=lambda *_: SimpleNamespace(embed=embed))


def test_a_space_that_knows_the_pairs_finds_each_and_another_does_not():
    figures = CrossModal(at=3)(trial())
    assert figures["search_recall_1"] == figures["annotation_recall_1"] == 1.0
    assert figures["search_rank"] == figures["annotation_rank"] == 1.0
    assert figures["search_precision"] == 1.0
    assert figures["annotation_precision"] == pytest.approx(2 / 3)  # two words a picture, of 3
    assert figures["rows"] == FORMS * COLOURS
    assert CrossModal(at=3)(trial(knows=False))["search_recall_1"] < 0.5


def test_an_unknown_part_is_named():
    with pytest.raises(ValueError, match="no part 'tags' in a row of toy: picture, words"):
        CrossModal(asks="tags")(trial())


def test_equal_scores_share_a_place():
    assert places(torch.zeros(4, 4)).tolist() == [1, 1, 1, 1]
    assert places(torch.tensor([[0.1, 0.2], [0.9, 0.3]])).tolist() == [2, 2]
