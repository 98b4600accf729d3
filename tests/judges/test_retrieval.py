"""Retrieval: figures of lists against a search row by row."""

import numpy as np
import pytest
import torch

from harmonium.judges.retrieval import Retrieval, codes_of, searched
from tests.stages import small

HASH = {
    "model": {"type": "autoencoder", "units": [6, 4], "code": {"type": "noisy", "std": 1.0}},
    "pretrain": None,
    "train": {"type": "reconstruction", "epochs": 2},
    "fine_tune": None,
}
SOURCE = torch.Generator().manual_seed(0)


def by_hand(distances, labels, at):
    """Mean precision at and mean average precision, over many random orders of equal distances."""
    n, draws = len(labels), np.random.default_rng(0)
    precision, average = [], []
    for i in range(n):
        others = np.delete(np.arange(n), i)
        for _ in range(300):
            order = draws.permutation(others)
            order = order[np.argsort(distances[i, order], kind="stable")]
            good = labels[order] == labels[i]
            precision.append(good[:at].mean())
            places = np.flatnonzero(good)
            average.append(np.mean([good[: k + 1].mean() for k in places]))
    return np.mean(precision), np.mean(average)


@pytest.mark.parametrize("by", ["hamming", "cosine", "euclid"])
def test_figures_against_a_search_by_hand(by):
    values = torch.randn(30, 5, generator=SOURCE, dtype=torch.float64)
    labels = torch.arange(30) % 3
    codes = values > 0 if by == "hamming" else values
    if by == "hamming":
        distances = (codes[:, None] != codes).sum(2).numpy()
    elif by == "cosine":
        distances = 1 - torch.cosine_similarity(values[:, None], values, dim=2).numpy()
    else:
        distances = torch.cdist(values, values).numpy()
    found = searched(codes, labels, by=by, at=4).figures()
    precision, average = by_hand(distances, labels.numpy(), 4)
    assert found["precision_at_k"] == pytest.approx(
        precision, abs=0.01 if by == "hamming" else 1e-6
    )
    assert found["average_precision"] == pytest.approx(
        average, abs=0.01 if by == "hamming" else 1e-6
    )
    assert found["retrieved"] == 4


def test_blocks_change_nothing(monkeypatch):
    codes, labels = torch.randn(40, 3, generator=SOURCE), torch.arange(40) % 4
    whole = searched(codes, labels, by="euclid", at=5)
    monkeypatch.setattr("harmonium.judges.retrieval._AT_ONCE", 100)
    parts = searched(codes, labels, by="euclid", at=5)
    torch.testing.assert_close(parts.precision, whole.precision)
    torch.testing.assert_close(parts.average_precision, whole.average_precision)
    torch.testing.assert_close(parts.curve, whole.curve)


def test_some_rows_may_search_all():
    codes, labels = torch.randn(40, 3, generator=SOURCE), torch.arange(40) % 4
    whole = searched(codes, labels, by="euclid", at=5)
    some = searched(codes, labels, by="euclid", at=5, most=10)
    assert torch.equal(some.precision, whole.precision[::4])


def test_labels_as_codes_are_perfect_and_constant_codes_are_chance():
    labels = torch.arange(60) % 3
    perfect = searched(torch.eye(3)[labels] > 0, labels, by="hamming", at=10)
    assert perfect.figures()["precision_at_k"] == 1
    assert perfect.figures()["average_precision"] == 1
    chance = searched(torch.zeros(60, 3), labels, by="cosine", at=10)
    assert chance.figures()["precision_at_k"] == pytest.approx(19 / 59)
    assert float(chance.curve[1, -1]) == pytest.approx(1)


def test_more_rows_than_there_are_means_all():
    labels = torch.tensor([0, 0, 1])
    assert searched(torch.rand(3, 2), labels, by="cosine", at=100).at == 2


def test_the_judge_reads_labelled_test_rows_and_their_last_code():
    trial = small.one(**HASH)
    model, test = trial.models["machine"], trial.data.test
    codes = codes_of(model, test)
    assert torch.equal(codes, model.net.encode(test.x).detach())
    wanted = searched(codes > 0.5, test.labels, by="hamming", at=3).figures()
    assert Retrieval(at=3)(trial) == wanted
    assert torch.equal(model.bits({"x": test.x}), codes > 0.5)


def test_the_median_of_training_rows_may_be_the_threshold():
    trial = small.one(**HASH)
    model = trial.models["machine"]
    level = codes_of(model, trial.data.train).median(0).values
    bits = codes_of(model, trial.data.test) > level
    wanted = searched(bits, trial.data.test.labels, by="hamming", at=3).figures()
    assert Retrieval(at=3, threshold="median")(trial) == wanted


def test_any_model_that_encodes_can_be_judged_by_its_values():
    trial = small.one()
    assert 0 < Retrieval(at=3, by="cosine")(trial)["precision_at_k"] <= 1


def test_a_model_without_codes_is_refused():
    model = {"model": {"type": "perceptron", "inputs": 6, "classes": 2}}
    train = {"train": {"type": "error_correction", "epochs": 1}}
    with pytest.raises(ValueError, match="judge retrieval: no model .* has hidden layers"):
        small.tasks(**{**HASH, **model, **train}, judge=["retrieval"])
