"""Kinds of data found from arrays, and values turned there and back."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from harmonium.estimators.modality import Modality, common_length

pandas = pytest.importorskip("pandas")


@pytest.mark.parametrize(
    ("x", "kind"),
    [
        (np.array([[0.0, 1.0], [1.0, 0.0]]), "bernoulli"),
        (np.array([[0.2, 0.7], [1.0, 0.0]]), "bernoulli"),
        (np.array([[0, 3], [1, 0]]), "counts"),
        (csr_matrix([[0.0, 3.0], [1.0, 0.0]]), "counts"),
        (csr_matrix([[0.0, 1.0], [1.0, 0.0]]), "bernoulli"),
        (np.array([[0.0, 3.0], [1.0, 0.0]]), "gaussian"),
        (np.array([[0, -3], [1, 0]]), "gaussian"),
        (np.array([[0, 255], [1, 0]], dtype=np.uint8), "bernoulli"),
        (pandas.DataFrame({"a": [0, 4], "b": [1, 0]}), "counts"),
        (pandas.DataFrame({"a": [0, 4], "b": [1.5, 0]}), "gaussian"),
    ],
)
def test_the_kind_follows_from_the_values_and_their_type(x, kind):
    assert Modality("a").fit(x).kind_ == kind


def test_values_come_back_in_their_own_units():
    x = np.random.default_rng(0).normal(size=(50, 2, 3)) * 7 + 100
    x[3, 1] = np.nan
    part = Modality("a").fit(x)
    rows = part.rows(x)
    assert rows.shape == (50, 6)
    assert abs(float(rows.nanmean())) < 1e-5
    assert float(rows[~rows.isnan()].std()) == pytest.approx(1, abs=0.01)
    np.testing.assert_allclose(part.values(rows), x, rtol=1e-6)
    kept = part.values(torch.zeros(50, 6), known=x)
    assert (kept[:3] == x[:3]).all()
    np.testing.assert_allclose(kept[3, 1], np.nanmean(x[:, 1], 0))
    assert part.log_scale == pytest.approx(np.log(np.nanstd(x, 0)).sum())


def test_names_of_columns_are_compared_with_those_of_fit():
    frame = pandas.DataFrame({"a": [0.0, 4.0], "b": [1.5, 0.0]})
    part = Modality("table").fit(frame)
    with pytest.raises(ValueError, match="modality 'table': The feature names"):
        part.rows(frame[["b", "a"]])


def test_lengths():
    assert common_length({"a": 3, "b": 3}) == 3
    with pytest.raises(ValueError, match="different numbers of rows"):
        common_length({"a": 3, "b": 4})
