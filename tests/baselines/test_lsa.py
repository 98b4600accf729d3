"""Latent semantic analysis: projections on singular vectors, compared by cosine."""

import pytest
import torch

from harmonium.baselines.lsa import LSA
from harmonium.data.known import digits_set
from harmonium.judges.retrieval import searched
from tests.baselines.test_pca import auto
from tests.stages import small


@pytest.fixture(scope="module")
def trial():
    return small.one(data=digits_set(), **auto(64, 10))


def projected(trial, k):
    _, _, v = torch.linalg.svd(trial.data.train.x.double(), full_matrices=False)
    return trial.data.test.x.double() @ v[:k].mT


@pytest.mark.parametrize("k", [2, 10, 64])
def test_it_searches_among_projections(trial, k):
    wanted = searched(projected(trial, k), trial.data.test.labels, by="cosine", at=20).figures()
    found = LSA(components=k, at=20)(trial)
    assert found["precision_at_k"] == pytest.approx(wanted["precision_at_k"], abs=1e-4)
    assert found["average_precision"] == pytest.approx(wanted["average_precision"], abs=1e-4)
    assert found["settings"] == {"components": k, "bits": False}


def test_its_code_is_as_large_as_that_of_the_model(trial):
    assert LSA()(trial)["settings"]["components"] == 10


def test_signs_are_bits(trial):
    found = LSA(components=10, at=20, bits=True)(trial)
    assert found["precision_at_k"] < LSA(components=10, at=20)(trial)["precision_at_k"]
    assert found["precision_at_k"] > 0.2  # chance is 0.1


def test_sparse_rows_give_the_same(trial, monkeypatch):
    dense = LSA(components=5)(trial)
    monkeypatch.setattr("harmonium.baselines.lsa._SPARSE", 2.0)
    sparse = LSA(components=5)(trial)
    assert sparse["precision_at_k"] == pytest.approx(dense["precision_at_k"], abs=1e-6)
