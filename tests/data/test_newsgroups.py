"""20 Newsgroups: counts, and labels that follow from two shuffles."""

import os

import numpy as np
import pytest
import torch

from harmonium.catalogue.known import KNOWN
from harmonium.data import newsgroups
from harmonium.data.newsgroups import _test_labels
from harmonium.errors import DataError

real = pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")


@pytest.fixture(scope="module")
def data():
    return newsgroups()


@real
@pytest.mark.data
def test_counts_of_documents_and_words(data):
    assert repr(data) == ("DataSet('newsgroups': 11214 train, 7531 test, each 3072, 20 classes)")
    assert int(data.train.x.sum()) == 919_850
    assert int(data.test.x.sum()) == 594_276
    assert bool((data.train.labels == -1).all())
    sizes = [318, 389, 394, 392, 385, 395, 390, 396, 398, 397, 399, 396, 393, 396, 394, 398,
             364, 376, 310, 251]  # fmt: skip
    assert data.test.labels.bincount().tolist() == sizes


@real
@pytest.mark.data
@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("rec.sport.hockey", ["hockey", "bruins", "nhl", "playoff"]),
        ("sci.crypt", ["clipper", "encryption", "key"]),
        ("talk.politics.mideast", ["israel", "jews"]),
        ("comp.windows.x", ["motif", "window"]),
    ],
)
def test_words_of_a_group_stand_in_its_documents(data, group, words):
    """The labels are right: words of the subject are several times as frequent as elsewhere."""
    inside = data.test.labels == data.classes.index(group)
    occurs = (data.test.x > 0).double()
    for word in words:
        column = data.features.index(word)
        assert occurs[inside, column].mean() > 5 * occurs[~inside, column].mean()


@real
@pytest.mark.data
def test_naive_bayes_predicts_the_labels_but_not_those_of_another_order(data):
    """A wrong order, the specimen, is no better than chance."""
    from sklearn.model_selection import cross_val_score
    from sklearn.naive_bayes import MultinomialNB

    x, y = data.test.x.numpy(), data.test.labels.numpy()
    right = cross_val_score(MultinomialNB(alpha=0.1), x, y, cv=2).mean()
    wrong = cross_val_score(MultinomialNB(alpha=0.1), x, np.roll(y, 1), cv=2).mean()
    assert right > 0.75
    assert wrong < 0.1


def test_the_order_is_that_of_two_published_shuffles():
    labels = _test_labels()
    assert labels.shape == (7531,)
    assert labels.dtype == torch.int64
    assert labels[:8].tolist() == [7, 5, 0, 17, 19, 13, 15, 15]


@pytest.mark.parametrize("content", [b"", b"MATLAB"])
def test_damaged_files_are_refused(tmp_path, content):
    for file in KNOWN["newsgroups"].files:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(DataError, match=r"vocab\.txt|bow_tr_tokens\.mat: SHA-256"):
        newsgroups(tmp_path)


def test_missing_files_are_named(monkeypatch, tmp_path):
    monkeypatch.delenv("HARMONIUM_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"bow_ts_counts\.mat"):
        newsgroups(tmp_path / "given")
