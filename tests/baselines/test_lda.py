"""Latent Dirichlet allocation: its importance-sampled likelihood against quadrature."""

from types import SimpleNamespace

import numpy as np
import pytest

from harmonium.baselines.lda import LDA, log_words
from tests.models.toy_words import collection
from tests.stages import small

ALPHA = 0.4


def two_topics():
    """Two topics, with a posterior that is deliberately rough."""
    topics = np.array([[6.0, 3.0, 1.0], [1.0, 2.0, 7.0]])
    rough = lambda counts: np.stack([ALPHA + counts[:, 0], ALPHA + counts[:, 2]], 1)  # noqa: E731
    return SimpleNamespace(
        components_=topics, doc_topic_prior_=ALPHA, _unnormalized_transform=rough
    )


def integrated(counts):
    """log p of each document by quadrature over the share of the first topic."""
    from scipy.integrate import quad
    from scipy.stats import beta

    topics = two_topics().components_ / 10

    def one(row):
        def density(share):
            words = share * topics[0] + (1 - share) * topics[1]
            return np.exp(row @ np.log(words)) * beta.pdf(share, ALPHA, ALPHA)

        return np.log(quad(density, 0, 0.5)[0] + quad(density, 0.5, 1)[0])

    return np.array([one(row) for row in counts])


def test_importance_sampling_meets_quadrature_and_the_bound_lies_below():
    counts = np.array([[3.0, 1, 0], [0, 0, 1], [2, 0, 5]])
    importance, bound = log_words(two_topics(), counts, samples=40_000, seed=0)
    truth = integrated(counts)
    assert importance == pytest.approx(truth, abs=0.03)
    assert (bound < truth + 0.01).all()
    assert (truth - bound).max() > 0.03


def test_it_is_judged_like_a_machine():
    trial = small.one(
        data=collection(),
        model={"type": "replicated_softmax", "words": 6, "hidden": 2},
        pretrain=None,
        train={"type": "energy", "epochs": 1, "centring": None},
        fine_tune=None,
    )
    found = LDA(documents=None, samples=200)(trial)
    assert found["settings"]["components"] == 2
    assert 2 < found["perplexity"] <= found["perplexity_bound"] < 6.5
