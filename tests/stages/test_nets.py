"""The training of an ordinary net has the settings of its stage."""

import pytest
import torch

from harmonium.data import Chain, DataSet, Split, trees
from harmonium.learning import ranks
from harmonium.models import adapted
from harmonium.nets import MLP, Net
from harmonium.nets.trees import RecursiveNet
from harmonium.stages.nets import groups, known_rows
from harmonium.stages.trial import Trial
from harmonium.watch import PathWatch
from tests.stages import small


def test_only_labelled_rows_are_learned_from():
    *_, task = small.tasks("data.labels={per_class: 5}", pretrain=None)
    stage = task.build()
    assert len(stage.batches) == 1
    batch = next(iter(stage.batches))
    assert batch["y"].bincount().tolist() == [5, 5]


def test_it_stops_early_on_validation_rows():
    stopping = {"monitor": "val/error", "patience": 1, "min_delta": 2.0}
    tuned = {**small.RECIPE["fine_tune"], "epochs": 50, "early_stopping": stopping}
    *_, task = small.tasks("data.validation=0.3", pretrain=None, fine_tune=tuned)
    stage = task.build()
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            row = stage.observe()
    assert {"val/error", "val/loss", "train/loss"} <= set(row)
    assert stage.position["epoch"] == 2


def test_weights_of_rows_reach_the_loss():
    w = torch.zeros(60)
    w[:10] = 1.0
    *_, task = small.tasks(pretrain=None, data=small.toy(weights=w))
    seen = torch.cat([batch["weights"] for batch in task.build().batches])
    assert float(seen.sum()) == 10


@pytest.mark.parametrize("values", [1, 2, 3])
def test_the_path_is_kept_of_nets_that_can_be_drawn(values):
    x = torch.rand(20, values, generator=torch.Generator().manual_seed(0))
    rows = Split(x, (x[:, 0] > 0.5).long())
    data = DataSet("drawn", rows, test=rows, shape=(values,), classes=("low", "high"))
    net = {"type": "mlp", "units": [values, 3, 2]}
    train = {"type": "supervised", "epochs": 2}
    (task, *_) = small.tasks(data=data, model=net, pretrain=None, train=train, fine_tune=None)
    kept = [watch for watch in task.build().watches if isinstance(watch, PathWatch)]
    assert len(kept) == (values <= 2)


def test_batch_norm_learns_in_one_process_only(monkeypatch):
    model = {"type": "deep", "units": [6, 5, 2], "norm": "batch"}
    train = {"type": "supervised", "epochs": 1, "batch_size": 20}
    sections = {"pretrain": None, "fine_tune": None, "model": model, "train": train}
    (task,) = small.tasks(**sections)
    before = {k: x.clone() for k, x in task.workspace.models["machine"].saved().items()}
    small.done(task)
    after = task.workspace.models["machine"].saved()
    assert not torch.equal(before["h1_norm.running_mean"], after["h1_norm.running_mean"])
    monkeypatch.setattr(ranks, "world", lambda: ranks.World(0, 2))
    with pytest.raises(ValueError, match="batch normalisation takes its statistics"):
        small.tasks(**sections)[0].build()


LAYERS = [
    {"type": "linear", "name": "a", "out_features": 5, "frozen": True},
    "tanh",
    {"type": "linear", "name": "b", "out_features": 4, "rate": 0.1},
    {"type": "linear", "name": "c", "out_features": 3},
    {"type": "linear", "name": "d", "out_features": 2, "rate": 2.0},
]


def test_layers_learn_at_their_own_rates():
    net = Net([6], LAYERS)
    found = groups(net, lr=0.5)
    rates = {id(p): group.get("lr", 0.5) for group in found for p in group["params"]}
    expected = {"b": 0.05, "c": 0.5, "d": 1.0}
    assert {n[0]: rates[id(p)] for n, p in net.named_parameters() if id(p) in rates} == expected
    (_, head, *_) = groups(net, lr=0.5, head_rate=0.3)
    assert head["lr"] == 0.6
    plain = groups(MLP([6, 4, 2]), lr=0.5)
    assert [len(group["params"]) for group in plain] == [2, 2]
    assert all("lr" not in group for group in plain)


def test_parameters_outside_layers_learn_too():
    net = MLP([6, 4, 2])
    net.temperature = torch.nn.Parameter(torch.ones(()))
    listed = [p for group in groups(net, lr=0.5) for p in group["params"]]
    assert len(listed) == 5
    assert {id(p) for p in listed} == {id(p) for p in net.parameters()}
    net.temperature.requires_grad_(requires_grad=False)
    assert sum(len(group["params"]) for group in groups(net, lr=0.5)) == 4


def test_frozen_layers_stay_and_a_net_of_them_is_refused():
    model = {"type": "net", "shape": [6], "layers": LAYERS}
    train = {"type": "supervised", "epochs": 1, "batch_size": 20}
    sections = {"pretrain": None, "fine_tune": None, "train": train}
    (task,) = small.tasks(**sections, model=model)
    before = {k: x.clone() for k, x in task.workspace.models["machine"].saved().items()}
    small.done(task)
    after = task.workspace.models["machine"].saved()
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert moved == {f"{layer}.{part}" for layer in "bcd" for part in ("weight", "bias")}
    frozen = {**model, "layers": [{"type": "linear", "out_features": 2, "frozen": True}]}
    (task,) = small.tasks(**sections, model=frozen)
    with pytest.raises(ValueError, match=r"train: every layer of the model is frozen"):
        task.build()


@pytest.mark.parametrize(
    ("model", "stage"),
    [
        ({"type": "mlp", "units": [6, 4, 2]}, {"type": "supervised"}),
        ({"type": "perceptron", "inputs": 6, "classes": 2}, {"type": "error_correction"}),
    ],
)
def test_rows_that_are_drawn_anew_are_refused_by_nets_that_read_them_as_they_are(model, stage):
    sections = {"train": {**stage, "epochs": 1}, "pretrain": None, "fine_tune": None}
    (task,) = small.tasks("data.batch_transform=sampled", model=model, **sections)
    with pytest.raises(ValueError, match="train: data.batch_transform draws rows anew"):
        task.build()


def test_trees_without_label_at_the_root_are_learned_from(tmp_path):
    """Those without any label are left out."""
    lines = ["(1 (1 good) (0 film))", "(? (0 bad) (? film))", "(? (? a) (? film))"]
    (tmp_path / "trees.txt").write_text("\n".join(lines) + "\n(0 (0 bad) (1 film))\n")
    data = trees(tmp_path / "trees.txt", longest=3)
    model = adapted(RecursiveNet(len(data.features), 4, classes=2, longest=3))
    trial = Trial(0, 0, {"machine": model}, data, Chain((), data.shape))
    assert len(known_rows(trial, model, name="train")) == 2
    assert len(known_rows(trial, model, name="train", column="nodes")) == 3
