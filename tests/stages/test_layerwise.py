"""Layers of an autoencoder that learn one after the other."""

import pytest
import torch

from harmonium.learning import Coding
from harmonium.learning.objectives import Bernoulli
from tests.stages import small

MODEL = {"type": "autoencoder", "units": [6, 5, 4], "activation": "logistic"}
PRETRAIN = {
    "type": "layerwise",
    "epochs": 20,
    "batch_size": 10,
    "optimiser": {"type": "adam", "lr": 0.02},
}


def tasks(*changes, model=MODEL, fine_tune=None, **pretrain):
    return small.tasks(
        *changes, model=model, pretrain={**PRETRAIN, **pretrain}, fine_tune=fine_tune
    )


def copies(net):
    return {name: p.detach().clone() for name, p in net.named_parameters()}


def changed(net, before):
    return {
        n.rpartition(".")[0] for n, p in net.named_parameters() if not torch.equal(p, before[n])
    }


def test_each_part_learns_one_layer_and_its_mirror_image():
    low, top = tasks()
    assert (low.name, top.name) == ("pretrain/0", "pretrain/1")
    net = low.workspace.models["machine"].net
    for task, learned in (
        (low, {"encoder.h1", "decoder.outputs"}),
        (top, {"encoder.h2", "decoder.decoder_1"}),
    ):
        before = copies(net)
        small.done(task)
        assert changed(net, before) == learned


def test_a_layer_restores_the_clean_codes_of_the_layers_below_from_corrupted_ones():
    low, top = tasks(noise={"type": "corrupt", "share": 0.5})
    small.done(low)
    net, x = low.workspace.models["machine"].net, low.workspace.data.train.x
    stage, seen = top.build(), []
    codes = torch.sigmoid(net.encoder.h1(x))
    torch.testing.assert_close(stage.batches.columns["x"], codes)
    stage.learner.module.encoder.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    batch = next(iter(stage.batches))
    loss = stage.learner.objective(stage.learner.module, batch)
    assert 0.3 < float((seen[0] == 0).double().mean()) < 0.7
    hidden = torch.sigmoid(net.encoder.h2(seen[0]))
    logits = net.decoder.decoder_1(hidden)
    expected = Bernoulli()(torch.nn.Identity(), {"x": logits, "y": batch["x"]})
    torch.testing.assert_close(loss, expected)


def test_layers_of_other_units_learn_by_the_squared_error():
    _, top = tasks(model={**MODEL, "activation": "tanh"})
    assert top.build().learner.objective.figure == "squared_error"
    low, _ = tasks(model={**MODEL, "activation": "tanh"})
    assert low.build().learner.objective.figure == "bernoulli"


def test_settings_of_a_layer_are_its_own():
    _, top = tasks(layers=[{}, {"epochs": 3, "noise": {"type": "corrupt", "share": 0.9}}])
    stage = top.build()
    assert stage.position["epochs"] == 3 or stage.epochs == 3
    assert stage.learner.objective.damage is not None


def test_the_whole_starts_better_and_classifies_afterwards():
    pretraining = tasks("train=null", fine_tune={"type": "classify", "epochs": 2})
    *layers, tuning = pretraining
    trial = layers[0].workspace
    net, x = trial.models["machine"].net, trial.data.train.x
    loss = lambda: float(Coding(Bernoulli())(net, {"x": x}).mean().detach())  # noqa: E731
    before = loss()
    for task in layers:
        small.done(task)
    assert loss() < before - 0.3
    stage = tuning.build()
    torch.testing.assert_close(stage.learner.module[:-1](x), net.encode(x))


def test_a_codec_of_other_nets_has_no_layers_to_mirror():
    model = {
        "type": "codec",
        "encoder": {"type": "mlp", "units": [6, 4]},
        "decoder": {"type": "mlp", "units": [4, 6]},
    }
    stages = [{"type": "layerwise", "epochs": 1}]
    with pytest.raises(ValueError, match="layerwise: the layers of Codec have no mirror images"):
        small.tasks(model=model, pretrain=None, fine_tune=None, stages=stages)
