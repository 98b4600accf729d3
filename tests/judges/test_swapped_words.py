"""Arithmetic of pictures and words."""

import pytest
import torch

from harmonium.judges.swapped_words import SwappedWords, swaps
from tests.judges.test_cross_modal import COLOURS, FORMS, WORDS, rows, trial


def test_every_change_of_a_word_that_repeats_is_asked_once():
    has = rows()[:, WORDS:] > 0.5
    asked = swaps(has, starts=len(has), contexts=3, most=1)
    # a colour changes for 3 forms, to 3 others; a form changes for 4 colours, to 2 others
    assert len(asked.start) == len(has) * (COLOURS - 1 + FORMS - 1)
    assert bool((asked.less.sum(1) == 1).all())
    own, right = asked.right
    sets = {int(k): has[own == k][0] for k in own}
    for start, less, more, goal in zip(
        asked.start.tolist(), asked.less, asked.more, right.tolist(), strict=True
    ):
        assert torch.equal(has[start] & ~less | more, sets[goal])
    assert len(swaps(has, starts=len(has), contexts=4, most=1).start) == len(has) * (FORMS - 1)


def test_sums_of_pictures_and_words_find_the_picture_and_the_picture_alone_does_not():
    figures = SwappedWords(rows=FORMS * COLOURS)(trial())
    assert figures["swap_accuracy"] == 1.0
    assert figures["swap_without"] < 0.5
    assert figures["swap_chance"] == pytest.approx(1 / (FORMS * COLOURS - 1))
    assert figures["starts"] == FORMS * COLOURS
    with pytest.raises(ValueError, match="set contexts lower"):
        SwappedWords(contexts=9)(trial())
