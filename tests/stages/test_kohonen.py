"""Self-organisation as a stage of a recipe."""

import pytest
import torch

from harmonium.data import DataSet, Split
from harmonium.learning import Kohonen, linear_decay, principal_start
from harmonium.nets import KohonenMap
from tests.stages import small

SECTIONS = {
    "model": {"type": "kohonen", "inputs": 6, "rows": 2, "columns": 3},
    "pretrain": None,
    "train": {"type": "kohonen", "epochs": 3, "batch_size": 7},
    "fine_tune": None,
}


def learned(**changes):
    (task,) = small.tasks(**{**SECTIONS, **changes})
    stage = task.build()
    while not stage.done:
        stage.update()
    return task.workspace.models["machine"].net, stage


def test_the_stage_is_the_rule_with_its_settings():
    """All rows in one batch: their order cannot matter."""
    rows = small.toy().train.x
    net, stage = learned(train={"type": "kohonen", "epochs": 4, "batch_size": 1000})
    own = KohonenMap(6, rows=2, columns=3)
    principal_start(own, rows)
    optimiser = torch.optim.SGD(own.parameters(), lr=0.5)
    rule = Kohonen(own, optimiser, updates=4, radius=1.5)
    schedule = linear_decay(optimiser, 4)
    for _ in range(4):
        rule.step({"x": rows})
        schedule.step()
    torch.testing.assert_close(net.weight, own.weight, rtol=1e-4, atol=1e-5)
    assert stage.position["updates"] == 4


def test_two_starts_give_two_maps_and_one_seed_gives_one():
    by_rows = {"type": "kohonen", "epochs": 1, "batch_size": 7, "start": "rows"}
    first, again = (learned(train=by_rows)[0].weight for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, learned()[0].weight)


def test_prototypes_start_at_rows_from_all_over_the_data(monkeypatch):
    monkeypatch.setattr("harmonium.stages.kohonen._STARTS", 6)
    rows = small.toy().train.x
    (task,) = small.tasks(**SECTIONS | {"train": SECTIONS["train"] | {"start": "rows"}})
    task.build()
    weight = task.workspace.models["machine"].net.weight.detach()
    chosen = rows[torch.arange(6) * len(rows) // 6]
    assert {tuple(w) for w in weight.tolist()} == {tuple(x) for x in chosen.tolist()}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"train": {"type": "kohonen", "epochs": 1, "form": "batch"}},
            "train.batch_size: the batch form",
        ),
        ({"model": {"type": "mlp", "units": [6, 2]}}, "no model .* lays rows out on a map"),
        (
            {"model": {"type": "kohonen", "inputs": 5, "rows": 2, "columns": 2}},
            "reads 5 values, but the rows of toy have 6",
        ),
        ({"train": {"type": "supervised", "epochs": 1}}, "distances|labels|outputs"),
    ],
)
def test_what_cannot_be_learned_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        learned(**changes)


def test_grey_rows_are_drawn_anew_for_every_batch():
    grey = Split(torch.full((60, 6), 0.5), torch.zeros(60, dtype=torch.int64))
    data = DataSet("grey", grey, test=grey, shape=(6,), classes=("low", "high"))
    (task,) = small.tasks("data.batch_transform=sampled", data=data, **SECTIONS)
    batch = next(iter(task.build().batches))
    assert batch["x"].unique().tolist() == [0, 1]


@pytest.mark.parametrize("start", ["principal", "rows"])
def test_a_second_stage_goes_on_from_the_map_of_the_first(start):
    part = {"type": "kohonen", "epochs": 1, "batch_size": 7, "start": start}
    first, second = small.tasks(
        model=SECTIONS["model"], stages=[part, part], pretrain=None, fine_tune=None
    )
    small.done(first)
    net = first.workspace.models["machine"].net
    before = net.weight.detach().clone()
    second.build()
    assert torch.equal(net.weight, before)
