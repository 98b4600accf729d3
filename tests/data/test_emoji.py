"""Emoji: pictures and keywords side by side."""

import os

import numpy as np
import pytest
import torch

from harmonium.data import Joined, emoji

real = pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")


@real
@pytest.mark.data
def test_pictures_and_their_words():
    data, small = emoji(), emoji(size=16)
    kind = data.columns["x"]
    assert isinstance(kind, Joined)
    assert (len(data.train), len(data.test), data.shape) == (1525, 381, (3701,))
    words = data.train.x[:, kind.spans["words"]]
    assert set(words.unique().tolist()) == {0.0, 1.0}
    vocabulary = kind.parts["words"].names
    apple = data.train.names.index("apple") if "apple" in data.train.names else None
    if apple is None:
        apple, rows = data.test.names.index("apple"), data.test.x
    else:
        rows = data.train.x
    named = {vocabulary[k] for k in rows[apple, kind.spans["words"]].nonzero().flatten()}
    assert {"food", "fruit"} <= named
    red, green, blue = rows[apple, kind.spans["picture"]].reshape(3, 32, 32)[:, 16, 16]
    assert red > max(green, blue)
    means = data.train.x[:5, : 3 * 32 * 32].reshape(5, 3, 16, 2, 16, 2).mean((3, 5))
    torch.testing.assert_close(small.train.x[:5, : 3 * 16 * 16].reshape(5, 3, 16, 16), means)


def test_an_altered_file_is_refused(tmp_path):
    np.savez(tmp_path / "emoji_tags.npz", images=np.zeros((2, 32, 32, 3), np.uint8))
    with pytest.raises(ValueError, match="emoji_tags.npz"):
        emoji(tmp_path)
    with pytest.raises(ValueError, match="size 5: pictures can have a size of 8, 16, 32"):
        emoji(tmp_path, size=5)
