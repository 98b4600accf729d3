"""Drawn scenes: pictures and captions agree, test combinations are new, the seed repeats all."""

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
