"""Machines with a label, trained by recipe."""

import pytest
import torch

from harmonium.judges.accuracy import Accuracy
from harmonium.judges.likelihood import Likelihood
from harmonium.learning import Discriminative, Listed
from tests.stages import small

MODEL = {"type": "classification_rbm", "visible": 6, "hidden": 8, "classes": 2, "std": 0.1}
SHARP = {"type": "discriminative", "epochs": 3, "batch_size": 10, "generative": 0.01}


def sections(train=SHARP, **more):
    return {"model": MODEL, "pretrain": None, "fine_tune": None, "train": train, **more}


def trained(train=SHARP, **more):
    """A trial after its training, and its stage."""
    (task, *_) = small.tasks(**sections(train, **more))
    stage = task.build()
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            row = stage.observe()
    task.finish(stage)
    return task.workspace, stage, row


def test_settings_reach_the_step():
    one, stage, row = trained()
    update = stage.learner.sharpened
    assert isinstance(update, Discriminative)
    assert (update.target, update.generative, update.unlabelled) == ("y", 0.01, 0.0)
    assert isinstance(update.learner.inference, Listed)
    assert 0 < row["train/loss"] < 1
    assert one.seconds > 0


def test_it_learns_the_classes_and_says_so():
    one, _, row = trained(SHARP | {"epochs": 60}, data=small.toy(300))
    found = Accuracy()(one)
    assert found["accuracy"] > 0.95
    assert row["train/loss"] < 0.2


def test_a_model_of_data_and_labels_by_energy():
    one, stage, row = trained({"type": "energy", "epochs": 2, "batch_size": 10})
    assert stage.learner.sharpened is None
    assert "train/loss" not in row
    assert 0 < Accuracy()(one)["accuracy"] <= 1
    assert {"v", "y", "h"} == set(stage.learner.learner.chains)


@torch.no_grad()
def test_likelihoods_of_rows_and_of_rows_with_their_labels():
    one, *_ = trained()
    graph, test = one.models["machine"].machine, one.data.test
    found = Likelihood()(one)
    bits = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 6)
    joint = torch.stack(
        [-graph.free_energy({"v": bits, "y": e.expand(64, 2)}, ("h",)) for e in torch.eye(2)], 1
    ).double()
    log_p = joint - torch.logsumexp(joint.flatten(), 0)
    at = (test.x @ (2.0 ** torch.arange(5, -1, -1))).long()
    alone = torch.logsumexp(log_p, 1)[at].mean()
    assert found["log_likelihood"] == pytest.approx(float(alone), abs=1e-4)
    both = log_p[at, test.y].mean()
    assert found["log_likelihood_joint"] == pytest.approx(float(both), abs=1e-4)
    assert "bound_gap" not in found


def test_few_labels():
    data = small.toy()
    data.train.y[10:] = -1
    for weight, rows in ((0.0, 10), (0.1, 60)):
        (task,) = small.tasks(**sections(SHARP | {"unlabelled": weight}), data=data)
        stage = task.build()
        assert len(stage.batches) == -(-rows // 10)
        before = [p.detach().clone() for p in stage.learner.module.parameters()]
        stage.update()
        after = [*stage.learner.module.parameters()]
        assert any(not torch.equal(p, q) for p, q in zip(before, after, strict=True))


def test_what_does_not_fit():
    wrong = {**MODEL, "classes": 3}
    with pytest.raises(ValueError, match="label has 3 classes, but toy has 2: make classes 2"):
        small.tasks(**sections() | {"model": wrong})[0].build()


def test_after_another_stage_it_goes_on_from_what_was_learned():
    first, then = small.tasks(
        model={"type": "classification_rbm", "visible": 6, "hidden": 4, "classes": 2},
        pretrain=None,
        fine_tune=None,
        stages=[{"type": "energy", "epochs": 1}, {"type": "discriminative", "epochs": 1}],
    )
    small.done(first)
    machine = first.workspace.models["machine"].machine
    before = [p.clone() for p in machine.parameters()]
    then.build()
    assert all(map(torch.equal, before, machine.parameters()))
