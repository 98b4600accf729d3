"""The perplexity of captions: by hand, and its standard error by drawing captions again."""

import math

import pytest
import torch

from harmonium.data import scenes
from harmonium.judges.captions import Captions, caption_figures
from tests.stages import small

DATA = scenes(20, test=60)


class Speaker:
    """Says the captions of the data, or the same of other rows; each word costs log 2."""

    device = torch.device("cpu")
    vocabulary = DATA.written

    def __init__(self, turn=0, ruin=None):
        self.turn, self.ruin = turn, ruin

    def batches(self, rows, size):
        return rows.batches(size)

    def described(self, batch, *, pick=None, source=None):
        words = batch["target"].roll(self.turn, 0).clone()
        if self.ruin is not None:
            words[self.ruin] = words[self.ruin].flip(1)
        return words

    def caption_log_probs(self, batch):
        lengths = (batch["target"] >= 0).sum(1) + 1
        width = batch["target"].shape[1] + 1
        there = torch.arange(width) < lengths[:, None]
        return torch.where(there, -math.log(2), 0.0)


class Trial:
    data = DATA

    def __init__(self, model):
        self.model = model

    def able(self, *names):
        assert names == ("describes",)
        return self.model


def test_the_perplexity_of_captions():
    found = Captions()(Trial(Speaker()))
    assert found["token_perplexity"] == pytest.approx(2)
    assert found["token_nats_stderr"] == pytest.approx(0, abs=1e-6)


def test_the_standard_error_is_that_of_a_ratio_over_captions():
    source = torch.Generator().manual_seed(0)
    lengths = torch.randint(2, 9, (400,), generator=source)
    words = torch.where(torch.arange(8) < lengths[:, None] - 1, 0, -1)
    there = torch.arange(9) < lengths[:, None]
    rate = torch.rand(400, 1, generator=source).double() * 3  # words of a caption cost alike
    log_p = torch.where(there, -rate, 0.0)
    figures = caption_figures(log_p, words)
    drawn = torch.randint(400, (2000, 400), generator=source)
    again = (rate[:, 0] * lengths)[drawn].sum(1) / lengths[drawn].sum(1)  # bootstrap
    assert figures["token_nats"] == pytest.approx(float(again.mean()), rel=0.01)
    assert figures["token_nats_stderr"] == pytest.approx(float(again.std()), rel=0.1)


def test_what_they_cannot_judge():
    for judge in ("captions", "true_captions"):
        with pytest.raises(ValueError, match=f"judge {judge}: .* has no sequences to write"):
            small.tasks(judge=[judge])
