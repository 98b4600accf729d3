"""Drawn scenes: pictures and captions agree, test combinations are new, the seed repeats all."""

import pytest
import torch

from harmonium.data import scenes
from harmonium.data.captions import (
    PAIRS,
    SINGLES,
    WORDS,
    alone,
    facts_of,
    true_of,
)
from harmonium.data.shapes import COLOURS, FACTORS


def combinations(rows):
    """What must be new in test rows, as sets of numbers."""
    scene = rows.columns["scene"][:].long()
    one = alone(scene)
    single = {(*row[:5], row[10]) for row in scene[one].tolist()}
    double = {frozenset((tuple(row[:3]), tuple(row[5:8]))) for row in scene[~one].tolist()}
    return single, double


def test_captions_are_true_of_their_own_pictures_and_of_few_others():
    data = scenes(300, test=100)
    for split in (data.train, data.test):
        facts, scene = facts_of(split.columns["target"][:]), split.columns["scene"][:]
        assert bool(facts.grammatical.all())
        assert bool(true_of(facts, scene).all())
        assert float(true_of(facts, scene.roll(1, 0)).double().mean()) < 0.05
    texts = [WORDS.decode(row) for row in data.train.columns["target"][:]]
    assert [*data.train.names] == [text.strip() for text in texts]


def test_pictures_show_what_their_scenes_say():
    data = scenes(400, test=10)
    scene = data.train.columns["scene"][:].long()
    pictures = data.train.batch(slice(None))["x"]
    one = alone(scene) & (scene[:, 2] == FACTORS["form"].index("square"))
    for row, picture in zip(scene[one].tolist(), pictures[one], strict=True):
        y, x = (round(24 * (0.25 + 0.25 * k)) for k in row[3:5])
        middle = picture[:, y - 1 : y + 1, x - 1 : x + 1].mean((1, 2))
        distances = [float((middle - torch.tensor(value)).norm()) for value in COLOURS.values()]
        assert distances.index(min(distances)) == row[1]


def test_no_combination_of_the_test_rows_was_learned_and_the_seed_repeats_all():
    data = scenes(2000, test=300)
    for learned, held in zip(combinations(data.train), combinations(data.test), strict=True):
        assert len(held) > 50
        assert not learned & held
    again, other = scenes(2000, test=300), scenes(2000, test=300, seed=1)
    assert again.fingerprint() == data.fingerprint() != other.fingerprint()


def test_all_captions_occur():
    texts = scenes(600, test=1).train.names
    for form in (*SINGLES, *PAIRS):
        parts = [part for part in form.replace("{", "}").split("}")[::2] if part.strip()]
        assert any(all(part in text for part in parts) for text in texts), form
    assert any("an orange" in text for text in texts)
    assert not any("a orange" in text for text in texts)


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
    from harmonium.data import Vocabulary

    words = Vocabulary(("ring", "pink", "a", "shows", "picture", "the", "sun"), "words")
    text = words.encode("the picture shows a pink ring")
    facts = facts_of(torch.stack([text, text.where(text != 3, 6)]), words)
    assert facts.grammatical.tolist() == [True, False]
    assert facts.shapes[0, 0].tolist() == [-1, 6, 5, -1, -1]
