"""The tasks of a recipe: their order, their settings, and what does not fit."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from harmonium import exact
from harmonium.data import Split
from harmonium.learning import CD, PCD, Clamped
from tests.describe import small


def names(tasks):
    return [(t.trial, t.name) for t in tasks]


def test_the_order_of_the_tasks():
    tasks = small.tasks("repeats=2", judge=["accuracy"], compare=["svc", "random_start"])
    each = [
        "pretrain/0",
        "pretrain/1",
        "fine_tune",
        "judge",
        "compare/svc",
        "compare/random_start",
    ]
    assert names(tasks) == [(trial, name) for trial in (0, 1) for name in each]
    rbm = {"model": {"type": "rbm", "visible": 6, "hidden": 4}, "fine_tune": None}
    both = small.tasks(**rbm, train={"type": "energy", "epochs": 1})
    assert names(both) == [(0, "pretrain/0"), (0, "train")]


def test_building_draws_nothing_from_the_stage():
    task = small.tasks()[0]
    one, other = task.build(), task.build()
    fresh = one.source.get_state()
    one.observe()
    one.snapshot()
    assert torch.equal(one.source.get_state(), fresh)
    assert torch.equal(other.source.get_state(), fresh)


def test_settings_reach_the_stage():
    recipe = {
        "type": "greedy",
        "epochs": 4,
        "batch_size": 20,
        "optimiser": {"type": "sgd", "lr": 0.2, "momentum": 0.5},
        "schedules": ["linear_decay", {"type": "momentum", "to": 0.8, "after": 1}],
        "penalties": [{"type": "l2", "strength": 0.01}],
        "centring": 0.05,
        "layers": [{}, {"epochs": 2, "contrast": {"type": "pcd", "chains": 7}}],
    }
    low, top, *_ = small.tasks(pretrain=recipe)
    stage = low.build()
    learner = stage.step.learner
    assert stage.position["updates"] == 4 * 3
    assert isinstance(learner.contrast, CD)
    assert learner.centring == 0.05
    assert learner.penalties[0].strength == 0.01
    seen = []
    while not stage.done:
        group = learner.optimiser.param_groups[0]
        seen.append((round(group["lr"], 9), group["momentum"]))
        stage.update()
    expected = [(0.2 * (12 - t) / 12, 0.5 if t < 3 else 0.8) for t in range(12)]
    assert seen == [(round(rate, 9), m) for rate, m in expected]
    above = top.build()
    assert above.epochs == 2
    assert above.step.learner.contrast == PCD(chains=7)


def test_the_head_has_its_own_rate():
    tasks = small.tasks("fine_tune.head_rate=0.5", "fine_tune.optimiser={type: adam, lr: 0.01}")
    stage = tasks[2].build()
    net = stage.step.module
    body, head = stage.step.optimiser.param_groups
    assert (body["lr"], head["lr"]) == (0.01, 0.5)
    assert {id(p) for p in head["params"]} == {id(p) for p in net[-1].parameters()}
    assert len(body["params"]) + len(head["params"]) == len(list(net.parameters()))


def test_a_layer_learns_from_what_the_one_below_makes_of_the_data():
    low, top, *_ = small.tasks("data.batch_transform=sampled")
    small.done(low)
    trial = low.workspace
    stage = top.build()
    assert torch.equal(stage.step.train, trial.rows(Split(trial.data.train.x), layer=1))
    assert stage.batches.transform is None
    assert low.build().batches.transform is not None


def test_weights_of_rows_reach_both_stages():
    w = torch.linspace(0.5, 1.5, 60)
    low, _, tuned = small.tasks(data=small.toy(weights=w))
    (rows, weights) = next(iter(low.build().batches))
    assert rows.shape == (10, 6)
    assert set(weights.tolist()) <= set(w.tolist())
    assert len(next(iter(tuned.build().batches))) == 3


def test_trials_differ_in_seed_alone():
    zero, one = small.one(number=0), small.one(number=1)
    again = small.one("seed=1")
    weights = [t.graphs[0].connections["v-h"].weight for t in (zero, one, again)]
    assert not torch.equal(weights[0], weights[1])
    assert torch.equal(weights[1], weights[2])
    labels = [small.one("data.labels={per_class: 3}", number=n).data.train.y for n in (0, 1)]
    assert not torch.equal(*labels)


def test_random_start_is_the_same_net_with_glorots_weights():
    tasks = small.tasks(compare=[{"type": "random_start", "lr": 0.02, "epochs": 5}])
    stage = tasks[-1].build()
    linear = [m for m in stage.step.module if isinstance(m, nn.Linear)]
    assert [(m.in_features, m.out_features) for m in linear] == [(6, 5), (5, 4), (4, 2)]
    for layer in linear[:-1]:
        bound = (6 / (layer.in_features + layer.out_features)) ** 0.5
        assert bound * 0.5 < layer.weight.abs().max().item() <= bound
        assert not layer.bias.any()
    assert not linear[-1].weight.any()
    assert {g["lr"] for g in stage.step.optimiser.param_groups} == {0.02}
    assert stage.epochs == 5
    found = small.done(tasks[-1])["random_start"]
    assert 0 <= found["accuracy"] <= 1
    assert found["epochs"] == 5


def test_random_start_may_have_the_same_time():
    tasks = small.tasks(compare=[{"type": "random_start", "same_time": True}])
    tasks[0].workspace.seconds = 1e-9
    assert tasks[-1].build().epochs == 1
    tasks[0].workspace.epochs = {}
    tasks[0].workspace.seconds = 5.0
    stage = tasks[-1].build()
    assert stage.epochs > 3
    assert tasks[-1].build().epochs == stage.epochs, "chosen once: a resumed run has the same"


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"fine_tune": None, "compare": ["random_start"]}, "fine_tune"),
        ({"pretrain": None, "fine_tune": None}, "says nothing of learning"),
        ({"model": {"type": "belief_net", "units": [7, 4]}}, "make the first of the .* units 6"),
    ],
)
def test_what_does_not_fit(sections, message):
    with pytest.raises(ValueError, match=message):
        small.tasks(**sections)


def test_values_out_of_range_name_the_split():
    data = small.toy()
    data = replace(data, test=replace(data.test, x=data.test.x * 3))
    with pytest.raises(ValueError, match="toy, test: .*range from 0 to 3"):
        small.one(data=data)


def test_without_labels_there_is_no_fine_tuning():
    data = small.toy()
    data = replace(data, train=replace(data.train, y=None))
    with pytest.raises(ValueError, match="fine_tune: toy has no labelled training rows"):
        small.tasks(data=data)[2].build()


# --- deep Boltzmann machines ---------------------------------------------------------------------


def test_a_deep_boltzmann_machine_from_its_layers_to_its_judges():
    found = small.tasks(
        model={"type": "dbm", "units": [6, 5, 4], "std": 0.5},
        train={
            "type": "energy",
            "epochs": 2,
            "batch_size": 10,
            "inference": {"type": "mean_field", "cap": 5},
        },
        judge=["likelihood", "accuracy"],
    )
    stages = ["pretrain/0", "pretrain/1", "train", "fine_tune", "judge"]
    assert names(found) == [(0, name) for name in stages]
    one, results = found[0].workspace, {}
    machine, (bottom, top) = one.machine, one.layers
    small.done(found[0])
    first = machine.connections["v-h1"].weight.detach().clone()
    small.done(found[1])
    assert torch.equal(machine.connections["v-h1"].weight, first)  # only its own layer's
    middle = (bottom.units["h"].bias + top.units["v"].bias) / 2
    assert torch.equal(machine.units["h1"].bias, middle)
    for task in found[2:]:
        results |= small.done(task)
    judged, v = results["dbm"], one.test.x
    truth = float(exact.log_prob(machine, {"v": v}).mean())
    assert judged["log_likelihood"] < truth
    assert judged["log_likelihood"] + judged["bound_gap"] == pytest.approx(truth, abs=0.02)
    assert judged["log_z"] == pytest.approx(float(exact.log_partition(machine)), abs=1e-5)
    assert judged["accuracy"] + judged["error"] == 1


def test_inference_is_what_the_recipe_says():
    train = {"type": "energy", "epochs": 1, "inference": {"type": "clamped", "sweeps": 7}}
    deep = {"type": "dbm", "units": [6, 5, 4]}
    (task,) = small.tasks(model=deep, pretrain=None, fine_tune=None, train=train)
    assert task.build().step.learner.inference == Clamped(7)


def test_an_rbm_may_multiply_in_fixed_point():
    model = {"type": "rbm", "visible": 6, "hidden": 4}
    train = {"type": "energy", "epochs": 1}
    for given, products in (({}, "float"), ({"products": "fixed"}, "fixed")):
        tasks = small.tasks(model=model, pretrain=None, fine_tune=None, train=train | given)
        assert tasks[0].build().step.learner.products == products
