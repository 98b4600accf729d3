"""The most frequent tag of a word, by hand."""

import torch

from harmonium.baselines.most_frequent_tag import MostFrequentTag, _best
from tests.apply import tags
from tests.stages import small


def test_ties_unseen_words_and_ends():
    words = torch.tensor([[1, 1, 1], [2, 0, -1]])
    true = torch.tensor([[0, 1, 1], [0, 0, -1]])
    assert _best(words, true, sizes=(4, 2)).tolist() == [0, 1, 0, 0]


def test_it_judges_as_the_judge(tmp_path):
    own = {k: v for k, v in tags.recipe(tmp_path).items() if k in ("model", "train")}
    trial = small.one(data=tags.data(), pretrain=None, fine_tune=None, judge=["tagging"], **own)
    assert MostFrequentTag()(trial)["tag_accuracy"] == 1.0  # a word has one tag
