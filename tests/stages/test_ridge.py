"""Ridge regression as a stage of a recipe."""

import pytest
import torch

from harmonium.learning import Ridge
from tests.stages import small

SECTIONS = {
    "model": {"type": "radial_basis", "units": [6, 10, 2]},
    "pretrain": None,
    "train": {"type": "ridge", "strength": 0.1},
    "fine_tune": None,
}


def solved(**changes):
    (task,) = small.tasks(**{**SECTIONS, **changes})
    stage = task.build()
    while not stage.done:
        stage.update()
    return task.workspace.models["machine"].net, stage


def test_it_solves_for_the_readout_of_all_labelled_rows():
    net, stage = solved()
    weight = net.weight.detach().clone()
    rows = small.toy().train
    Ridge(net, strength=0.1).step({"x": rows.x, "y": rows.y})
    torch.testing.assert_close(net.weight.detach(), weight, atol=1e-4, rtol=1e-4)
    assert net.centres.abs().sum() > 0
    assert stage.position["updates"] == 1


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"type": "mlp", "units": [6, 2]}, "train: ridge regression .* take extreme_learning"),
        ({"type": "radial_basis", "units": [6, 10, 3]}, "the net has 3 outputs, but toy has 2"),
        ({"type": "radial_basis", "units": [5, 10, 2]}, "reads 5 values"),
        ({"type": "radial_basis", "units": [6, 10**6, 2]}, "1000000 centres are drawn from"),
    ],
)
def test_what_cannot_be_solved_is_refused(model, words):
    with pytest.raises(ValueError, match=words):
        solved(model=model)
