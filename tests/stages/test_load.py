"""A net starts from a checkpoint, before anything is learned."""

import pytest
import torch

from harmonium.describe import RecipeError
from harmonium.errors import UsageError
from harmonium.nets import MLP
from harmonium.random import seeded
from tests.stages import small

LEARN = {"type": "supervised", "epochs": 2, "batch_size": 10}
NET = {"type": "mlp", "units": [6, 5, 2]}


def stages(path, *, learn=LEARN, **settings):
    loads = {"type": "load", "file": str(path), **settings}
    return {"model": NET, "pretrain": None, "fine_tune": None, "stages": [loads, learn]}


@pytest.fixture
def path(tmp_path):
    with seeded(7):
        torch.save(MLP([6, 5, 3]).state_dict(), tmp_path / "net.pth")
    return tmp_path / "net.pth"


def test_the_net_learns_on_from_the_weights_of_the_file(path):
    (learning,) = small.tasks(**stages(path, leave_out=["outputs"]))
    net = learning.workspace.models["machine"].net
    known = torch.load(path, weights_only=True)
    start = net.h1.weight.detach().clone()
    assert torch.equal(start, known["h1.weight"])
    with seeded(0):
        fresh = MLP([6, 5, 2])
    assert torch.equal(net.outputs.weight, fresh.outputs.weight)  # the trial's first weights
    small.done(learning)
    assert not torch.equal(net.h1.weight, start)


def test_a_file_of_another_net_is_refused_before_anything_is_learned(path):
    with pytest.raises(
        UsageError, match=r"load: .*net.pth: not the weights.*outputs.weight \(3, 5\)"
    ):
        small.tasks(**stages(path))


def test_what_fits_is_enough_if_not_strict(path):
    (learning,) = small.tasks(**stages(path, strict=False))
    known = torch.load(path, weights_only=True)
    assert torch.equal(learning.workspace.models["machine"].net.h1.bias, known["h1.bias"])


def test_weights_come_before_learning(path):
    settings = stages(path, leave_out=["outputs"])
    settings["stages"].reverse()
    with pytest.raises(UsageError, match="load: weights are read before .* and supervised comes"):
        small.tasks(**settings)


def test_two_files_may_fill_one_net(path, tmp_path):
    with seeded(8):
        torch.save({"outputs.bias": torch.ones(2)}, tmp_path / "head.pth")
    settings = stages(path, leave_out=["outputs"])
    head = {"type": "load", "file": str(tmp_path / "head.pth"), "strict": False}
    settings["stages"].insert(1, head)
    (learning,) = small.tasks(**settings)
    assert bool((learning.workspace.models["machine"].net.outputs.bias == 1).all())


def test_a_machine_that_is_no_net_is_refused(path):
    settings = {**stages(path), "model": {"type": "rbm", "visible": 6, "hidden": 3}}
    with pytest.raises((RecipeError, UsageError), match="is a net that learns by gradient|a net"):
        small.tasks(**settings)
