"""Supervised training, alone and as the short form of unrolling and training."""

import warnings

import pytest
import torch

from tests.judges.test_error import targets
from tests.laws.test_resume import through_a_file
from tests.stages import small


def test_classify_is_unroll_and_supervised(monkeypatch):
    """Both name their stages, and so their draws, differently: here all draws have one seed."""
    monkeypatch.setattr("harmonium.stages.trial.derived", lambda seed, purpose: seed)
    tuned = small.RECIPE["fine_tune"]
    (short,) = small.tasks(pretrain=None)
    stages = ["unroll", {**tuned, "type": "supervised"}]
    (listed,) = small.tasks(pretrain=None, fine_tune=None, stages=stages)
    assert (short.name, listed.name) == ("fine_tune", "supervised")
    fresh = short.workspace.fresh("net").saved()
    small.done(short)
    small.done(listed)
    one, other = (task.workspace.models["net"].saved() for task in (short, listed))
    assert [*one] == [*other]
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not any(torch.equal(one[name], fresh[name]) for name in one)


def test_a_net_learns_without_a_machine():
    sections = {
        "model": {"type": "mlp", "units": [6, 8, 2]},
        "pretrain": None,
        "fine_tune": None,
        "train": {"type": "supervised", "epochs": 100, "batch_size": 20},
    }
    for objective in ("cross_entropy", "bernoulli"):
        train = {**sections["train"], "objective": objective, "optimiser": FAST}
        (task,) = small.tasks(**{**sections, "train": train})
        small.done(task)
        made = task.workspace
        (batch,) = made.models["machine"].batches(made.data.train)
        decided = made.models["machine"].decide(batch)
        assert float((decided == made.data.train.y).double().mean()) > 0.95
    wrong = {**sections["train"], "objective": "squared_error"}
    with pytest.raises(ValueError, match="are classes, and the objective squared_error compares"):
        small.done(small.tasks(**{**sections, "train": wrong})[0])


FAST = {"type": "adam", "lr": 0.02}


def test_real_targets_are_learned_in_units_of_their_own():
    sections = {
        "model": {"type": "mlp", "units": [6, 1], "outputs": "values"},
        "pretrain": None,
        "fine_tune": None,
        "train": {
            "type": "supervised",
            "epochs": 200,
            "batch_size": 10,
            "objective": "squared_error",
            "optimiser": FAST,
        },
    }
    (task,) = small.tasks("data.validation=0.2", data=targets(), **sections)
    stage = task.build()
    row = {}
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            row = stage.observe()
    assert row["val/squared_error"] < 0.01
    made = task.workspace
    model, train = made.models["machine"], made.data.train
    torch.testing.assert_close(model.net.scale, train.targets.std(0, correction=0))
    assert float((model.predict({"x": train.x}) - train.targets).abs().max()) < 5
    wide = {"type": "mlp", "units": [6, 3], "outputs": "values"}
    with pytest.raises(ValueError, match="has 3 outputs, but sums has 1 targets"):
        small.done(small.tasks(data=targets(), **{**sections, "model": wide})[0])
    classes = {"type": "mlp", "units": [6, 2]}
    with pytest.raises(ValueError, match="train: sums has no classes: its targets are real"):
        small.done(small.tasks(data=targets(), **{**sections, "model": classes})[0])


# --- regularisers and weights of classes -----------------------------------------------------

NET = {"type": "mlp", "units": [6, 8, 2], "dropout": [0.1, 0.5]}
TRAIN = {"type": "supervised", "epochs": 3, "batch_size": 10, "optimiser": FAST}


def net_task(*overrides, data=None, **train):
    sections = {"pretrain": None, "fine_tune": None, "model": NET}
    (task,) = small.tasks(*overrides, data=data, train={**TRAIN, **train}, **sections)
    return task


def test_dropout_draws_from_the_generator_of_the_stage():
    state = torch.get_rng_state()
    one, same = net_task(), net_task()
    small.done(one)
    small.done(same)
    found, again = (task.workspace.models["machine"].saved() for task in (one, same))
    assert all(torch.equal(found[name], again[name]) for name in found)
    assert torch.equal(torch.get_rng_state(), state)
    training = one.build()
    assert one.workspace.models["machine"].net.x_dropout.source is training.source


def test_a_run_with_dropout_resumes_to_the_bit():
    whole, first, second = net_task(), net_task(), net_task()
    small.done(whole)
    stage = first.build()
    for _ in range(7):  # in the middle of an epoch
        stage.update()
    resumed = second.build()
    resumed.load_state_dict(stage.state_dict())
    while not resumed.done:
        resumed.update()
    expected = whole.workspace.models["machine"].saved()
    found = second.workspace.models["machine"].saved()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_the_norms_of_hidden_units_are_limited():
    task = net_task(max_norm=0.3)
    small.done(task)
    net = task.workspace.models["machine"].net
    assert float(net.h1.weight.detach().norm(dim=1).max()) <= 0.3 + 1e-6
    assert float(net.outputs.weight.detach().norm(dim=1).max()) > 0.3


def test_class_weights_multiply_those_of_the_rows():
    own = torch.linspace(0.5, 1.5, 60)
    data = small.toy(weights=own)
    training = net_task(data=data, class_weight={"low": 3.0}).build()
    weights = training.batches.columns["weights"]
    y = data.train.y
    torch.testing.assert_close(weights, torch.where(y == 0, 3 * own, own))
    task = net_task(data=data, class_weight={"low": 0.0}, batch_size=1)
    assert set(task.build().batches.columns["y"].tolist()) == set(y[y > 0].tolist())
    small.done(task)  # no batch without a weight
    with pytest.raises(ValueError, match="class_weight names middle"):
        net_task(class_weight={"middle": 3.0}).build()
    sections = {"pretrain": None, "fine_tune": None}
    model = {"type": "mlp", "units": [6, 1], "outputs": "values"}
    train = {**TRAIN, "class_weight": "balanced", "objective": "squared_error"}
    (task,) = small.tasks(data=targets(), model=model, train=train, **sections)
    with pytest.raises(ValueError, match="train.class_weight: sums has no classes"):
        task.build()


@pytest.mark.parametrize("last", [["relu"], ["relu", {"type": "dropout", "p": 0.5}], ["tanh"]])
def test_a_net_whose_logits_are_bounded_is_doubted(last):
    layers = [{"type": "linear", "name": "fc", "out_features": 2}, *last]
    sections = {"pretrain": None, "fine_tune": None, "train": TRAIN}
    (task,) = small.tasks(model={"type": "net", "shape": [6], "layers": layers}, **sections)
    with pytest.warns(UserWarning, match=f"train: the net ends with {last[0]} .*end with linear"):
        task.build()
    (task,) = small.tasks(model={"type": "net", "shape": [6], "layers": layers[:1]}, **sections)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        task.build()


# --- options of the updates -------------------------------------------------------------------

OPTIONS = {
    "accumulate": 3,
    "clip": 0.5,
    "average": 0.9,
    "decay": "weights",
    "optimiser": {"type": "sgd", "lr": 0.1, "momentum": 0.9, "weight_decay": 0.1},
    "schedules": ["cosine", {"type": "warm_up", "epochs": 1}],
    "objective": {"type": "cross_entropy", "smoothing": 0.1},
    "epochs": 6,
}


def learned(task):
    return task.workspace.models["machine"].saved()


@pytest.mark.parametrize("stop", [1, 7, 20])
def test_a_run_with_every_option_resumes_to_the_bit(stop):
    """The file of a checkpoint holds plain values and tensors only."""
    whole, first, second = (net_task(**OPTIONS) for _ in range(3))
    small.done(whole)
    stage, resumed = first.build(), second.build()
    for _ in range(stop):
        stage.update()
    state = stage.state_dict(), first.workspace.state_dict()
    (one, other) = through_a_file(state)
    resumed.load_state_dict(one)
    second.workspace.load_state_dict(other)
    while not resumed.done:
        resumed.update()
    found, expected = learned(second), learned(whole)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_the_average_is_what_is_judged_and_saved():
    task = net_task(average=0.9, max_norm=0.3)
    stage = task.build()
    while not stage.done:
        stage.update()
    net, copied = task.workspace.models["machine"].net, stage.learner.learner.module
    assert net is stage.learner.module
    assert copied is not net
    assert not torch.equal(net.h1.weight, copied.h1.weight)
    assert copied.x_dropout.source is stage.source
    assert float(copied.h1.weight.detach().norm(dim=1).max()) <= 0.3 + 1e-6
    assert net.h1.weight is not stage.learner.optimisers[0].param_groups[0]["params"][0]


def test_the_parts_of_a_batch_learn_what_the_batch_does():
    plain = {"type": "mlp", "units": [6, 8, 2]}
    made = []
    for parts in (1, 4):
        sections = {"pretrain": None, "fine_tune": None, "model": plain}
        (task,) = small.tasks(train={**TRAIN, "accumulate": parts}, **sections)
        small.done(task)
        made.append(learned(task))
    for name, x in made[0].items():
        torch.testing.assert_close(made[1][name], x, rtol=0, atol=1e-5)


def test_weight_decay_spares_biases():
    groups = net_task(decay="weights", optimiser=OPTIONS["optimiser"], head_rate=0.5).build()
    found = groups.learner.optimisers[0].param_groups
    assert [group["weight_decay"] for group in found] == [0.1, 0.0, 0.1, 0.0]
    assert [group["initial_lr"] for group in found] == [0.1, 0.1, 0.5, 0.5]
    assert all(
        (p.ndim > 1) == bool(group["weight_decay"]) for group in found for p in group["params"]
    )
    both = net_task(optimiser=OPTIONS["optimiser"]).build().learner.optimisers[0].param_groups
    assert [len(group["params"]) for group in both] == [2, 2]


def test_mixed_precision_is_refused_on_a_processor():
    with pytest.raises(ValueError, match="train.precision: mixed precision is for GPUs, and this"):
        net_task(precision="mixed").build()
