"""Storing as a stage of a recipe."""

import pytest
import torch

from harmonium.learning import correlation_matrix, optimal_mapping
from tests.stages import small

SECTIONS = {
    "model": {"type": "linear_memory", "inputs": 6, "outputs": 2},
    "pretrain": None,
    "train": {"type": "associate"},
    "fine_tune": None,
}


def stored(**changes):
    (task,) = small.tasks(**{**SECTIONS, **changes})
    stage = task.build()
    while not stage.done:
        stage.update()
    return task.workspace.models["machine"].net, stage


@pytest.mark.parametrize(
    ("form", "store"), [("optimal", optimal_mapping), ("correlation", correlation_matrix)]
)
def test_all_rows_are_stored_with_their_classes_in_one_update(form, store):
    net, stage = stored(train={"type": "associate", "form": form})
    rows = small.toy().train
    codes = torch.eye(2)[rows.y]
    torch.testing.assert_close(net.weight.detach(), store(rows.x, codes), atol=1e-4, rtol=0)
    assert stage.position["updates"] == 1
    assert stage.observe()["time/samples_per_s"] < 1e9


def test_rows_alone_are_stored_as_their_own_values():
    model = {"type": "linear_memory", "inputs": 6, "outputs": 6, "recalls": "rows"}
    net, _ = stored(model=model)
    torch.testing.assert_close(net.weight.detach(), torch.eye(6), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"type": "perceptron", "inputs": 6, "classes": 2}, "train: .*take type linear_memory"),
        ({"type": "linear_memory", "inputs": 6, "outputs": 5}, "5 outputs, but toy has 2 classes"),
        ({"type": "linear_memory", "inputs": 4, "outputs": 2}, "reads 4 values"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(model, message):
    with pytest.raises(ValueError, match=message):
        stored(model=model)
