"""Pictures by name: their shapes and values."""

import numpy as np
import pytest

from harmonium.data.named_pictures import PICTURES, named_picture


def test_pictures():
    steps = named_picture("steps")
    assert (steps == np.triu(np.ones((6, 6)), 1)).all()
    for name in ("china", "flower"):
        picture = named_picture(name)
        assert picture.shape == (3, 427, 640)
        assert 0 <= picture.min() < 0.1 < 0.9 < picture.max() <= 1
    assert not (named_picture("china") == named_picture("flower")).all()
    assert PICTURES.keys() == {"steps", "china", "flower"}
    with pytest.raises(ValueError, match="choose from steps, china, flower"):
        named_picture("cat")
