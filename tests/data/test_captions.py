"""The grammar of captions: what is in order, what is stated, what is true."""

import pytest
import torch

from harmonium.data import Vocabulary
from harmonium.data.captions import WORDS, alone, facts_of, true_of

SCENE = torch.tensor([[0, 0, 0, 0, 1, 2, 4, 1, 2, 1, 0], [1, 6, 5, 1, 1, -1, -1, -1, -1, -1, 2]])
"""A small red circle at the top, a large blue square at the bottom, on white; and a medium pink
ring in the centre, on black."""


@pytest.mark.parametrize(
    ("text", "ordered", "true"),
    [
        ("a small red circle above a large blue square", True, [True, False]),
        ("a large blue square below a red circle on white", True, [True, False]),
        ("a red circle and a blue square are on black", True, [False, False]),
        ("a small red circle below a large blue square", True, [False, False]),
        ("a small red circle left of a large blue square", True, [False, False]),
        ("we see a blue circle and a red square", True, [False, False]),
        ("we see a red circle and a red circle", True, [False, False]),
        ("the picture shows a red circle", True, [True, False]),
        ("the picture shows a pink ring", True, [False, True]),
        ("a pink ring at the centre", True, [False, True]),
        ("a pink ring at the top left", True, [False, False]),
        ("at the centre there is a medium pink ring", True, [False, True]),
        ("on black we see a pink ring", True, [False, True]),
        (
            "a red circle at the top centre and a blue square at the bottom centre",
            True,
            [True, False],
        ),
        (
            "a red circle at the bottom centre and a blue square at the top centre",
            True,
            [False, False],
        ),
        ("pink ring a at the centre", False, [False, True]),
        ("a pink ring at the centre a", False, [False, True]),
        ("a small red circle centre of a large blue square", False, [False, False]),
    ],
)
def test_what_captions_state(text, ordered, true):
    facts = facts_of(WORDS.encode(text)[None].expand(2, -1))
    assert facts.grammatical.tolist() == [ordered] * 2
    assert true_of(facts, SCENE).tolist() == true


def test_words_of_other_vocabularies_are_read_too():
    words = Vocabulary(("ring", "pink", "a", "shows", "picture", "the", "sun"), "words")
    text = words.encode("the picture shows a pink ring")
    facts = facts_of(torch.stack([text, text.where(text != 3, 6)]), words)
    assert facts.grammatical.tolist() == [True, False]
    assert facts.shapes[0, 0].tolist() == [-1, 6, 5, -1, -1]


def test_a_scene_without_a_second_shape_is_alone():
    assert alone(SCENE).tolist() == [False, True]
