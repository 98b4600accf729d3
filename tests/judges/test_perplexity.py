"""The judge of perplexity, on documents that can be enumerated."""

import math

import pytest
import torch

from harmonium.judges.perplexity import Perplexity, documents_of, figures_of
from harmonium.learning import CD, Learner
from harmonium.likelihood import Ladder
from harmonium.random import generator
from tests.models.toy_words import collection
from tests.stages import small


@pytest.fixture(scope="module")
def made():
    trial = small.one(
        data=collection(),
        model={"type": "replicated_softmax", "words": 6, "hidden": 2},
        pretrain=None,
        train={"type": "energy", "epochs": 1},
        fine_tune=None,
    )
    model = trial.able("counts words")
    model.start(trial.data.train.columns)
    adam = torch.optim.Adam(model.machine.parameters(), lr=0.03)
    learner = Learner(model.machine, adam, contrast=CD(2), centring=None, source=generator(1))
    for _ in range(200):
        learner.step({"v": trial.data.train.x})
    return trial


def test_words_at_equal_odds_have_their_number_as_perplexity():
    counts = torch.tensor([[1.0, 2, 0, 0], [0, 0, 0, 7]])
    found = figures_of(-counts.sum(1) * math.log(4), counts)
    assert found == {"perplexity": pytest.approx(4), "perplexity_stderr": pytest.approx(0)}


def test_each_document_counts_the_same_however_long():
    counts = torch.tensor([[1.0], [99.0]])
    log_p = -torch.tensor([math.log(2), 99 * math.log(8)])
    assert figures_of(log_p, counts)["perplexity"] == pytest.approx(4)


def test_empty_documents_are_left_out(made):
    every = documents_of(made, None)
    assert int((made.data.test.x.sum(1) == 0).sum()) > 0
    assert len(every) == int((made.data.test.x.sum(1) > 0).sum())
    assert len(documents_of(made, 3)) == 3


def test_topics_beat_word_frequencies(made):
    found = Perplexity(documents=None)(made)
    assert found["perplexity"] == found["perplexity_optimistic"]  # enumerated
    assert found["perplexity"] + 0.3 < found["perplexity_unigram"] < 6.5
    model, test = made.able("counts words"), documents_of(made, None)
    log_p = model.log_words(test, train=made.data.train.x, ladder=Ladder())["forward"]
    assert found["perplexity"] == pytest.approx(figures_of(log_p, test)["perplexity"])
