"""Drawn shapes with captions."""

import pytest
import torch

from harmonium.data import shapes
from harmonium.data.shapes import FACTORS


def test_words_captions_and_pictures_agree():
    data = shapes(40, test=30, size=16)
    kind = data.columns["x"]
    names = kind.parts["words"].names
    words = data.test.x[:, kind.spans["words"]]
    assert bool((words.sum(1) == len(FACTORS)).all())
    for row, caption in zip(words, data.test.names, strict=True):
        assert all(names[k] in caption for k in row.nonzero().flatten().tolist())
    pictures = data.test.x[:, kind.spans["picture"]].reshape(-1, 3, 16, 16)
    ground = [pictures[k, :, ::15, ::15].mean() for k in range(30)]
    black, white = (
        torch.stack([g for g, c in zip(ground, data.test.names, strict=True) if c.endswith(name)])
        for name in ("black", "white")
    )
    assert float(black.max()) < float(white.min())


def test_no_combination_of_the_test_rows_was_learned_and_the_seed_repeats_all():
    data = shapes(300, test=50)
    assert not {*data.train.names} & {*data.test.names}
    assert len({*data.test.names}) == 50
    assert torch.equal(shapes(300, test=50).train.x, data.train.x)
    assert not torch.equal(shapes(300, test=50, seed=1).train.x, data.train.x)
    with pytest.raises(ValueError, match="3888 combinations leave at most 1944"):
        shapes(5, test=3000)
