"""The same net from Glorot's weights."""

from torch import nn

from tests.stages import small


def test_random_start_is_the_same_net_with_glorots_weights():
    tasks = small.tasks(compare=[{"type": "random_start", "lr": 0.02, "epochs": 5}])
    stage = tasks[-1].build()
    linear = [m for m in stage.learner.module if isinstance(m, nn.Linear)]
    assert [(m.in_features, m.out_features) for m in linear] == [(6, 5), (5, 4), (4, 2)]
    for layer in linear[:-1]:
        bound = (6 / (layer.in_features + layer.out_features)) ** 0.5
        assert bound * 0.5 < layer.weight.abs().max().item() <= bound
        assert not layer.bias.any()
    assert not linear[-1].weight.any()
    assert {g["lr"] for g in stage.learner.optimisers[0].param_groups} == {0.02}
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
