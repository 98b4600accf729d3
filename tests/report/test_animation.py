"""Animations: the frames in order, the last one as still picture, small files."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from harmonium.report.animation import animated, strip
from harmonium.report.style import blank, chart


def frames(n=8):
    """Frame k is a bar of height k + 1."""
    figures = []
    for k in range(n):
        figure, axes = chart(1.5, 1.5)
        axes.bar([0], [k + 1], color="black")
        axes.set(ylim=(0, n))
        figures.append(figure)
    return figures


def dark(image):
    return int((np.asarray(image.convert("L")) < 60).sum())


def test_the_animation_begins_with_its_last_frame_and_then_shows_all_in_order():
    data = animated(frames(), ms=50)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    image = Image.open(BytesIO(data))
    assert image.n_frames == 9
    amounts = []
    for k in range(image.n_frames):
        image.seek(k)
        amounts.append(dark(image))
    assert amounts[0] == amounts[-1]
    assert amounts[1:] == sorted(amounts[1:])
    assert amounts[1] < amounts[-1] / 3


def test_two_hundred_frames_are_less_than_a_megabyte():
    data = animated(frames(200))
    assert len(data) < 1_000_000


def test_frames_of_different_sizes_are_refused():
    with pytest.raises(ValueError, match="all of one size"):
        animated([blank(1, 1), blank(2, 1)])
    with pytest.raises(ValueError, match="at least one"):
        animated([])


def test_a_strip_has_the_first_and_the_last_frame():
    sheet = strip(frames(), count=6)
    assert len(sheet.axes) == 6
    first, *_, last = (np.asarray(axes.images[0].get_array()) for axes in sheet.axes)
    assert (first.mean(2) < 60).sum() < (last.mean(2) < 60).sum() / 3
    assert sheet.get_size_inches().tolist() == [4.5, 3.0]
    with pytest.raises(ValueError, match="at least one"):
        strip([])
