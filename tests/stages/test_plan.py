"""The tasks of a recipe: their order, their settings, and what does not fit."""

from dataclasses import replace

import pytest
import torch

from harmonium import exact
from harmonium.learning import CD, PCD, Clamped
from tests.stages import small


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
    learner = stage.learner.learner
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
    assert above.learner.learner.contrast == PCD(chains=7)


def test_the_head_has_its_own_rate():
    tasks = small.tasks("fine_tune.head_rate=0.5", "fine_tune.optimiser={type: adam, lr: 0.01}")
    stage = tasks[2].build()
    net = stage.learner.module
    body, head = stage.learner.optimisers[0].param_groups
    assert (body["lr"], head["lr"]) == (0.01, 0.5)
    assert {id(p) for p in head["params"]} == {id(p) for p in net[-1].parameters()}
    assert len(body["params"]) + len(head["params"]) == len(list(net.parameters()))


def test_weights_of_rows_reach_both_stages():
    w = torch.linspace(0.5, 1.5, 60)
    low, _, tuned = small.tasks(data=small.toy(weights=w))
    batch = next(iter(low.build().batches))
    assert [*batch] == ["x", "weights"]
    assert batch["x"].shape == (10, 6)
    assert set(batch["weights"].tolist()) <= set(w.tolist())
    assert [*next(iter(tuned.build().batches))] == ["x", "y", "weights"]


def test_trials_differ_in_seed_alone():
    zero, one = small.one(number=0), small.one(number=1)
    again = small.one("seed=1")
    weights = [
        t.models["machine"].machine.graphs[0].connections["v-h"].weight for t in (zero, one, again)
    ]
    assert not torch.equal(weights[0], weights[1])
    assert torch.equal(weights[1], weights[2])
    labels = [small.one("data.labels={per_class: 3}", number=n).data.train.y for n in (0, 1)]
    assert not torch.equal(*labels)


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
    data = replace(data, test=data.test.with_columns(x=data.test.x * 3))
    with pytest.raises(ValueError, match="toy, test: .*range from 0 to 3"):
        small.one(data=data)


def test_without_labels_there_is_no_fine_tuning():
    data = small.toy()
    data = replace(data, train=data.train.with_columns(y=None))
    with pytest.raises(ValueError, match="fine_tune: toy has no labelled training rows"):
        small.tasks(data=data)


def test_a_classifier_does_not_learn_from_real_targets():
    message = (
        "fine_tune: real has no classes: its targets are real numbers .up, down.: give labels"
    )
    with pytest.raises(ValueError, match=message):
        small.tasks(data=small.real())


def test_a_model_of_the_rows_learns_beside_real_targets():
    data = small.real()
    for task in small.tasks(data=data, fine_tune=None):
        small.done(task)
    made = small.one("data.transforms=[{type: standardise, column: y}]", data=data, fine_tune=None)
    torch.testing.assert_close(made.data.train.y.mean(0), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(made.chain.back(made.data.test.y), data.test.y)
    assert made.labelled(made.data.train) is None


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
    machine = one.models["machine"].machine
    below, above = one.extras["layers"]
    small.done(found[0])
    first = machine.connections["v-h1"].weight.detach().clone()
    small.done(found[1])
    assert torch.equal(machine.connections["v-h1"].weight, first)  # only its own layer's
    middle = (below + above) / 2
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
    assert task.build().learner.learner.inference == Clamped(7)


@pytest.mark.filterwarnings("ignore:products='fixed'")  # which not every processor has fast
def test_an_rbm_may_multiply_in_fixed_point():
    model = {"type": "rbm", "visible": 6, "hidden": 4}
    train = {"type": "energy", "epochs": 1}
    for given, products in (({}, "float"), ({"products": "fixed"}, "fixed")):
        tasks = small.tasks(model=model, pretrain=None, fine_tune=None, train=train | given)
        assert tasks[0].build().learner.learner.products == products


# --- stages in a list ----------------------------------------------------------------------------


def test_the_short_forms_are_stages_in_a_list():
    greedy, tuned = small.RECIPE["pretrain"], {**small.RECIPE["fine_tune"], "type": "supervised"}
    stages = [greedy, "unroll", tuned]
    listed = small.tasks(pretrain=None, fine_tune=None, stages=stages, judge=["accuracy"])
    assert names(listed) == [
        *[(0, "greedy/0"), (0, "greedy/1")],
        *[(0, "supervised"), (0, "judge")],
    ]
    found = {}
    for task in listed:
        found |= small.done(task)
    assert 0 <= found["belief_net"]["accuracy"] <= 1


def test_a_stage_that_stands_twice_has_a_number():
    energy = {"type": "energy", "epochs": 1}
    model = {"type": "rbm", "visible": 6, "hidden": 4}
    tasks = small.tasks(model=model, pretrain=None, fine_tune=None, stages=[energy, energy])
    assert names(tasks) == [(0, "energy"), (0, "energy-2")]


def test_a_stage_says_what_the_model_lacks():
    tuned = {**small.RECIPE["fine_tune"], "type": "supervised"}
    with pytest.raises(ValueError, match="supervised: no model of this run is a net.*unroll"):
        small.tasks(pretrain=None, fine_tune=None, stages=[tuned])
