"""Letters drawn from fonts: where they stand, how they are split, that they can be told apart."""

import sys

import pytest
import torch

from harmonium.data import font_letters
from harmonium.data.known import letters_set

pytest.importorskip("matplotlib")
pytest.importorskip("PIL")


def test_each_font_and_size_is_an_alphabet():
    data = font_letters()
    assert data.train.shape == (17 * 3 * 26, 841)
    assert data.test.shape == (3 * 3 * 26, 841)
    assert data.train_labels[:28].tolist() == [*range(26), 0, 1]
    assert data.train.aminmax() == (0, 1)
    assert torch.equal(data.train * 255, (data.train * 255).round())


def test_letters_are_whole_and_in_the_middle():
    """No stroke touches the edge; the box of a letter is as far from both sides."""
    pages = font_letters().train.reshape(-1, 29, 29)
    ink = (pages > 0).float()
    assert float(ink.sum((1, 2)).min()) > 30
    touching = ink[:, 0].sum(1) + ink[:, -1].sum(1) + ink[:, :, 0].sum(1) + ink[:, :, -1].sum(1)
    assert float((touching > 0).float().mean()) < 0.01
    columns = ink.amax(1).flatten(1)
    left, right = columns.argmax(1), columns.flip(1).argmax(1)
    assert int((left - right).abs().max()) <= 3


def test_no_row_is_in_both_and_letters_are_told_apart():
    data = font_letters()
    nearest = torch.cdist(data.test, data.train).min(1)
    assert float(nearest.values.min()) > 0.5
    right = data.train_labels[nearest.indices] == data.test_labels
    assert float(right.float().mean()) > 0.94


def test_the_reader_gives_the_same_rows():
    images, data = font_letters(), letters_set()
    assert torch.equal(data.train.x, images.train)
    assert torch.equal(data.test.y, images.test_labels)
    assert data.classes[:3] == ("A", "B", "C")


def test_missing_packages_are_one_line_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r'letters .* pillow: pip install "harmonium\[app\]"$'):
        font_letters()
