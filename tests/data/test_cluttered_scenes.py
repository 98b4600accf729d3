"""Scenes: objects lie at their boxes, apart from each other, and test scenes show other ones."""

import numpy as np
import pytest
import torch
from PIL import Image

from harmonium.data import cluttered_scenes, overlaps


@pytest.fixture(scope="module")
def made():
    return cluttered_scenes(rows=40, test=20, seed=3)


def test_boxes_are_squares_inside_that_do_not_overlap(made):
    boxes = made.train.batch(slice(None))["boxes"]
    there = boxes[..., 2] > 0
    assert set(there.sum(1).tolist()) == {1, 2, 3, 4}
    assert torch.equal(there, there.sort(dim=1, descending=True, stable=True).values)
    left, top, right, bottom = boxes[there].T
    assert torch.equal(right - left, bottom - top)
    assert 19 <= float((right - left).min()) < float((right - left).max()) <= 38
    assert float(right.max()) <= 128
    assert float(bottom.max()) <= 96
    apart = overlaps(boxes, boxes) - torch.diag_embed(there.float())
    assert float(apart.abs().max()) == 0


def test_objects_are_drawn_at_their_boxes():
    """Without clutter, a scene differs from its photograph inside the boxes only."""
    plain = cluttered_scenes(rows=10, test=2, clutter=0, seed=3).train.batch(slice(None))
    photograph = cluttered_scenes(rows=10, test=2, clutter=0, most=1, seed=3).train.batch(
        slice(None)
    )
    x, boxes = plain["x"][:, 0], plain["boxes"]
    row, column = torch.arange(96)[:, None], torch.arange(128)
    inside = torch.zeros(10, 96, 128, dtype=torch.bool)
    for part in (boxes, photograph["boxes"]):
        for k in range(part.shape[1]):
            left, top, right, bottom = part[:, k, :, None, None].unbind(1)
            inside |= (row >= top) & (row < bottom) & (column >= left) & (column < right)
    changed = (x - photograph["x"][:, 0]).abs()
    assert float(changed[~inside].max()) < 1e-6
    assert float(changed[inside].max()) > 0.3


def test_clutter_has_no_box():
    without = cluttered_scenes(rows=30, test=2, clutter=0, most=1, seed=5).train
    with_clutter = cluttered_scenes(rows=30, test=2, clutter=3, most=1, seed=5).train
    assert torch.equal(
        (without.columns["boxes"] > 0).sum(), (with_clutter.columns["boxes"] > 0).sum()
    )
    bright = [(part.x > 0.75).float().mean() for part in (without, with_clutter)]
    assert float(bright[1]) > 1.3 * float(bright[0])


def test_the_same_seed_gives_the_same_scenes():
    one, two, other = (cluttered_scenes(rows=4, test=2, seed=s) for s in (0, 0, 1))
    assert one.fingerprint() == two.fingerprint() != other.fingerprint()


def test_photographs_of_a_folder_are_used_and_test_scenes_have_others(tmp_path):
    for k, grey in enumerate((40, 80, 240)):
        Image.fromarray(np.full((200, 260), grey, np.uint8)).save(tmp_path / f"{k}.png")
    made = cluttered_scenes(photographs=tmp_path, rows=6, test=3)
    assert made.train.x.median(1).values.max() < 80 / 255
    assert made.test.x.median(1).values.min() > 0.6 * 235 / 255


def test_wrong_settings_are_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 76"):
        cluttered_scenes(size=[60, 80])
    Image.fromarray(np.zeros((200, 260), np.uint8)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="single photograph"):
        cluttered_scenes(photographs=tmp_path, rows=2, test=2)
    Image.fromarray(np.zeros((100, 260), np.uint8)).save(tmp_path / "b.png")
    with pytest.raises(ValueError, match="b.png is 100 x 260"):
        cluttered_scenes(photographs=tmp_path, rows=2, test=2)


@pytest.mark.data
def test_faces_are_those_of_the_file():
    made = cluttered_scenes("faces", rows=5, test=3)
    boxes = made.test.batch(slice(None))["boxes"]
    assert int((boxes[..., 2] > 0).sum()) >= 3
    assert 0 <= float(made.train.x.min()) < float(made.train.x.max()) <= 1
