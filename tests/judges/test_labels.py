"""Figures of several labels, against scikit-learn's, and through a whole stage."""

import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, hamming_loss

from harmonium.data import DataSet, Numbers, Split
from harmonium.judges.labels import Labels, label_figures
from harmonium.random import generator
from tests.judges.test_error import targets
from tests.stages import small


def labelled(n=80):
    """Rows of six bits; the labels are three of them, of which a row may have any number."""
    x = (torch.rand(n, 6, generator=generator(0)) > 0.5).float()
    y = x[:, :3].contiguous()
    columns = {"y": Numbers((3,), ("a", "b", "c"))}
    return DataSet("bits", Split(x, y), test=Split(x[:20], y[:20]), columns=columns)


def test_the_figures_are_those_of_scikit_learn():
    source = generator(1)
    true, found = (torch.rand(50, 4, generator=source) < 0.4 for _ in range(2))
    true[:, 3] = found[:, 3] = False  # a label that no row has
    figures = label_figures(true, found)
    assert figures["hamming"] == pytest.approx(hamming_loss(true, found))
    assert figures["exact_match"] == pytest.approx(accuracy_score(true, found))
    expected = f1_score(true, found, average="macro", zero_division=0.0)
    assert figures["f1"] == pytest.approx(expected)


def test_a_net_learns_several_labels_and_is_judged():
    sections = {
        "model": {"type": "mlp", "units": [6, 3], "outputs": "probabilities"},
        "pretrain": None,
        "fine_tune": None,
        "train": {
            "type": "supervised",
            "epochs": 60,
            "batch_size": 10,
            "objective": "bernoulli",
            "optimiser": {"type": "adam", "lr": 0.05},
        },
    }
    (task,) = small.tasks(data=labelled(), **sections)
    stage = task.build()
    before = Labels()(task.workspace)
    while not stage.done:
        stage.update()
    after = Labels()(task.workspace)
    assert after == {"hamming": 0.0, "exact_match": 1.0, "f1": 1.0}
    assert before["hamming"] > 0.2


def test_other_targets_are_refused():
    model = {"type": "mlp", "units": [6, 1], "outputs": "values"}
    train = {"type": "supervised", "epochs": 1, "objective": "squared_error"}
    data = targets()
    trial = small.one(data=data, pretrain=None, fine_tune=None, model=model, train=train)
    with pytest.raises(ValueError, match="judge.labels: the targets are other numbers"):
        Labels()(trial)
