"""A cut-down recipe is still the whole way through."""

import torch

from harmonium.data import DataSet, Split
from harmonium.describe.quick import few, quick
from tests.stages import small


def test_every_section_stays_and_is_small():
    recipe = small.recipe(
        "repeats=3",
        "data.labels={per_class: 20}",
        "pretrain.layers=[{}, {epochs: 50}]",
        judge=["accuracy", {"type": "likelihood", "betas": 10000}],
        compare=["svc", {"type": "random_start", "same_time": True}],
    )
    found = quick(recipe)
    assert found.repeats == 1
    assert [found.pretrain.layer(k).epochs for k in (0, 1)] == [1, 1]
    assert found.fine_tune.epochs == 1
    assert found.train is None
    assert found.data.labels.per_class == 5
    assert [c.type for c in found.judge] == ["accuracy", "likelihood"]
    assert found.judge[1].settings["betas"] == 10
    assert [c.type for c in found.compare] == ["svc", "random_start"]
    assert found.compare[1].settings["same_time"] is False
    assert found.model == recipe.model


def test_few_rows_of_every_class():
    x, y = torch.rand(3000, 6), torch.arange(3000) % 2
    data = DataSet("toy", Split(x, y), test=Split(x[:30], y[:30]), shape=(6,), classes=(0, 1))
    found = few(data, small.recipe())
    assert found.train.y.bincount().tolist() == [100, 100]
    assert len(found.test) == 30
    assert torch.equal(found.train.x, few(data, small.recipe()).train.x)
    assert len(few(data, small.recipe("pretrain.batch_size=300")).train) == 600


def test_layers_of_a_stage_in_the_list_are_cut_as_well():
    stage = {"type": "greedy", "epochs": 9, "layers": [{"epochs": 50}, {}]}
    found = quick(small.recipe(pretrain=None, fine_tune=None, stages=[stage])).stages[0]
    assert [found.layer(k).epochs for k in (0, 1)] == [1, 1]


def test_few_rows_with_real_targets():
    x = torch.rand(2000, 6)
    found = few(DataSet("toy", Split(x, x[:, :1])), small.recipe())
    assert 0 < len(found.train) < 2000
    assert torch.equal(found.train.y, found.train.x[:, :1])
