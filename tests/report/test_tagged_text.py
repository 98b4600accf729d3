"""The picture of tagged sentences."""

import pytest

from harmonium.errors import UsageError
from harmonium.report.tagged_text import tagged_text


def test_colours_frames_and_words():
    sentences = [
        (["ann", "sees"], ["B", "O"], ["B", "O"]),
        (["lee"], ["B"], ["O"]),
        (["bo"], ["O"], None),
    ]
    (axes,) = tagged_text(sentences).axes
    frames = [p for p in axes.patches if not p.get_fill()]
    filled = [p for p in axes.patches if p.get_fill()]
    assert len(frames) == 1
    assert len(filled) == 3  # two words, and the legend
    assert {"ann", "sees", "lee", "bo", "B"} == {text.get_text() for text in axes.texts}


def test_another_number_of_tags_is_refused():
    with pytest.raises(UsageError, match="2 words, but another number of tags"):
        tagged_text([(["a", "b"], ["O"], None)])
