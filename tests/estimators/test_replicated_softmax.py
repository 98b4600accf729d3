"""Topics from counts: sparse and dense, in a pipeline, scored as enumeration says."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from harmonium import ReplicatedSoftmax, exact
from tests.models.toy_words import WORDS, collection

DATA = collection(300)
X, Y = DATA.train.x.numpy(), DATA.train.y.numpy()
SETTINGS = {"n_epochs": 20, "learning_rate": 0.03, "batch_size": 20, "random_state": 0}


def test_sparse_and_dense_counts_give_the_same_model():
    one, other = (ReplicatedSoftmax(3, **SETTINGS).fit(x) for x in (X, csr_matrix(X)))
    assert np.array_equal(one.components_, other.components_)
    assert np.array_equal(one.transform(X), other.transform(csr_matrix(X)))
    assert one.n_epochs_ == 20
    assert len(one.history_) == 20


def test_a_pipeline_from_text_finds_the_subject():
    text = [
        " ".join(w for w, n in zip(WORDS, row, strict=True) for _ in range(int(n))) for row in X
    ]
    full = [i for i, line in enumerate(text) if len(line.split()) > 2]
    model = make_pipeline(
        CountVectorizer(), ReplicatedSoftmax(4, **SETTINGS), LogisticRegression()
    ).fit([text[i] for i in full], Y[full])
    assert model.score([text[i] for i in full], Y[full]) > 0.85


def test_scores_are_enumerated_log_probabilities_of_words():
    model = ReplicatedSoftmax(3, **SETTINGS).fit(X)
    x = DATA.test.x[:20]
    found = model.score_samples(x.numpy())
    for row, log_p in zip(x, found, strict=True):
        bound = model.graph_.given(v=row.sum())
        truth = -bound.free_energy({"v": row[None]}, "h")[0] - exact.log_partition(bound)
        truth = truth - model.graph_.units["v"].log_base(row[None])[0]
        assert log_p == pytest.approx(float(truth.detach()), abs=1e-3)
    lengths = x.sum(1).double().numpy()
    full = lengths > 0
    assert model.score(x.numpy()) == pytest.approx((found[full] / lengths[full]).mean())
    shares = (X.sum(0) + 1e-3) / (X.sum() + 6e-3)
    unigram = ((x.numpy() @ np.log(shares))[full] / lengths[full]).mean()
    assert model.score(x.numpy()) > unigram + 0.05
    assert model.perplexity(x.numpy()) == pytest.approx(np.exp(-model.score(x.numpy())))


@pytest.mark.parametrize("wrong", [[[0.5, 1.0]], [[-1.0, 2.0]], csr_matrix([[0.5, 1.0]])])
def test_only_counts_are_taken(wrong):
    with pytest.raises(ValueError, match="give counts, as CountVectorizer does, not tf-idf"):
        ReplicatedSoftmax(2).fit(wrong)


def test_documents_without_words():
    with pytest.raises(ValueError, match="no document has a word"):
        ReplicatedSoftmax(2).fit(np.zeros((3, 2)))
    model = ReplicatedSoftmax(2, **SETTINGS).fit(X)
    assert model.score_samples(np.zeros((2, 6))).tolist() == [0, 0]
    with pytest.raises(ValueError, match="nothing to score"):
        model.score(np.zeros((2, 6)))


def test_names_of_topics():
    model = ReplicatedSoftmax(2, **SETTINGS).fit(torch.from_numpy(X))
    assert model.get_feature_names_out().tolist() == ["replicatedsoftmax0", "replicatedsoftmax1"]
