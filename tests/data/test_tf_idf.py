"""Weights of words: the formula by hand, and rows of unknown words."""

import math

import numpy as np
import pytest
import torch

from harmonium.data import DataSet, Split, TfIdf, fit_all
from harmonium.data.chain import Chain
from harmonium.errors import DataError

COUNTS = torch.tensor([[3.0, 1, 0, 0], [0, 1, 0, 2], [1, 1, 0, 0]])


def test_the_formula():
    fitted = TfIdf(length=0).fit(COUNTS, (4,))
    idf = torch.tensor([math.log(3 / 2), 0, 0, math.log(3)])
    torch.testing.assert_close(fitted(COUNTS), COUNTS.log1p() * idf)
    torch.testing.assert_close(TfIdf(log=False, length=0).fit(COUNTS, (4,))(COUNTS), COUNTS * idf)


def test_agrees_with_scikit_learn_up_to_its_extra_one():
    from sklearn.feature_extraction.text import TfidfTransformer

    theirs = TfidfTransformer(norm=None, smooth_idf=False).fit_transform(COUNTS[:, [0, 1, 3]])
    ours = TfIdf(log=False, length=0).fit(COUNTS, (4,))(COUNTS)[:, [0, 1, 3]]
    np.testing.assert_allclose(theirs.toarray() - COUNTS[:, [0, 1, 3]].numpy(), ours, rtol=1e-6)


def test_rows_have_the_length_and_documents_of_unknown_words_are_zeros():
    fitted = TfIdf(length=8).fit(COUNTS, (4,))
    rows = fitted(torch.cat([COUNTS, torch.tensor([[0.0, 0, 5, 0], [0, 7, 0, 0]])]))
    torch.testing.assert_close(rows.norm(dim=1), torch.tensor([8.0, 8, 8, 0, 0]))
    assert bool(rows.isfinite().all())


def test_weights_come_from_training_rows_and_are_saved():
    data = DataSet("toy", Split(COUNTS), test=Split(torch.ones(1, 4)))
    chain, weighted = fit_all([TfIdf()], data)
    alone, _ = fit_all([TfIdf()], DataSet("toy", Split(COUNTS)))
    torch.testing.assert_close(weighted.test.x, alone(torch.ones(1, 4)))
    again = Chain.restore([TfIdf()], chain.state())
    assert torch.equal(again(COUNTS), weighted.train.x)


def test_negative_values_are_no_counts():
    with pytest.raises(DataError, match="counts of words are at least 0, and the smallest is -1"):
        TfIdf().fit(torch.tensor([[-1.0, 2.0]]), (2,))
