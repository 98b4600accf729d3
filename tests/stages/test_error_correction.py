"""Error correction as a stage of a recipe."""

import pytest
import torch

from harmonium.learning import ErrorCorrection
from harmonium.random import generator
from harmonium.stages.trial import derived
from tests.stages import small

SECTIONS = {
    "model": {"type": "perceptron", "inputs": 6, "classes": 2},
    "pretrain": None,
    "train": {"type": "error_correction", "epochs": 3},
    "fine_tune": None,
}


def sections(**changes):
    return {**SECTIONS, **changes}


def test_the_stage_is_the_rule_on_the_rows_in_their_order():
    (task,) = small.tasks(**SECTIONS)
    small.done(task)
    trained = task.workspace.models["machine"].net
    one = small.one(**SECTIONS)
    net, train = one.models["machine"].net, one.data.train
    rule = ErrorCorrection(net, torch.optim.SGD(net.parameters(), lr=1.0))
    source = generator(derived(0, "train"))
    for _ in range(3):
        for k in torch.randperm(60, generator=source):
            rule.step({"x": train.x[k : k + 1], "y": train.y[k : k + 1]})
    assert torch.equal(trained.weight, net.weight)
    assert trained.weight.abs().max() > 0


def test_the_average_has_other_weights():
    found = []
    for average in (False, True):
        settings = {**SECTIONS["train"], "average": average}
        (task,) = small.tasks(**sections(train=settings))
        small.done(task)
        found.append(task.workspace.models["machine"].net.weight)
    assert not torch.equal(*found)


def test_validation_gives_shares_and_no_loss():
    (task,) = small.tasks("data.validation=0.3", **SECTIONS)
    stage = task.build()
    while not stage.epoch_ended:
        stage.update()
    row = stage.observe()
    assert row["val/accuracy"] + row["val/error"] == 1
    assert "val/loss" not in row
    assert 0 <= row["train/mistakes"] <= 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"model": {"type": "mlp", "units": [6, 2]}},
            "train: error correction moves a layer of threshold units, and the outputs of the "
            "model are classes: take type perceptron",
        ),
        (
            {"model": {"type": "perceptron", "inputs": 6, "classes": 5}},
            "model: the net has 5 outputs, but toy has 2 classes: make the model's classes 2",
        ),
        (
            {"model": {"type": "perceptron", "inputs": 4, "classes": 2}},
            "model: it reads 4 values, but the rows of toy have 6 .*: make the model's inputs 6",
        ),
        ({"model": {"type": "rbm", "visible": 6, "hidden": 3}}, "train: no model of this run"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(changes, message):
    with pytest.raises(ValueError, match=message):
        small.done(small.tasks(**sections(**changes))[0])


def learned(**settings):
    (task,) = small.tasks(**sections(train={**SECTIONS["train"], **settings}))
    stage = task.build()
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            row = stage.observe()
    return task.workspace.models["machine"].net, stage, row


def test_rows_in_turn_learn_what_single_rows_do():
    single, _, rows = learned()
    turned, _, row = learned(batch_size=16, sequential=True)
    torch.testing.assert_close(turned.weight, single.weight)
    assert row["train/mistakes_total"] == rows["train/mistakes_total"] > 3


def test_every_class_alone_is_another_rule():
    assert not torch.equal(learned(correction="each")[0].weight, learned()[0].weight)


def test_a_ratchet_has_no_more_errors_than_any_weights_before_it():
    net, stage, _ = learned(batch_size=16, pocket="ratchet")
    rows = small.toy().train
    error = float((net.decide(rows.x) != rows.y).double().mean())
    assert error == pytest.approx(stage.learner.pocket.lowest)
    assert stage.learner.pocket.longest > 3
    runs, _, _ = learned(batch_size=16, pocket="run")
    assert error <= float((runs.decide(rows.x) != rows.y).double().mean())


def test_thresholds_of_fixed_features_come_from_the_training_rows():
    model = {"type": "elementary_perceptron", "inputs": 6, "associations": 20, "classes": 2}
    (task,) = small.tasks(**sections(model=model))
    small.done(task)
    net, rows = task.workspace.models["machine"].net, small.toy().train
    expected = (rows.x @ net.connections.mT).median(0).values
    assert torch.equal(net.thresholds, expected)
    assert net.weight.abs().max() > 0


def test_the_path_of_a_small_net_is_kept():
    net, stage, _ = learned(epochs=1)
    path = stage.snapshot()
    assert path["path/update"].tolist() == list(range(61))
    assert not path["path/weight"][0].any()
    assert torch.equal(path["path/weight"][-1], net.weight)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"average": True, "pocket": "run"}, "take one of them"),
        ({"sequential": True, "optimiser": {"type": "adam"}}, "take sgd with a rate alone"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        learned(**settings)
