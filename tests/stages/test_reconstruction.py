"""Reconstruction as a stage of a recipe."""

import pytest
import torch

from tests.stages import small

SECTIONS = {
    "model": {"type": "autoencoder", "units": [6, 8, 4], "activation": "tanh"},
    "pretrain": None,
    "train": {
        "type": "reconstruction",
        "epochs": 60,
        "batch_size": 10,
        "optimiser": {"type": "adam", "lr": 0.02},
    },
    "fine_tune": None,
}


def error(task):
    made = task.workspace
    x = made.data.train.x
    return float((made.models["machine"].net.reconstruct(x) - x).detach().square().mean())


def test_it_learns_to_give_rows_back():
    (task,) = small.tasks(**SECTIONS)
    before = error(task)
    small.done(task)
    assert before > 0.2
    assert error(task) < 0.1


def test_rows_without_labels_are_learned_from():
    (task,) = small.tasks("data.labels={per_class: 5}", **SECTIONS)
    assert len(task.build().batches) == 6


def test_damaged_rows_are_read_and_whole_ones_are_the_target():
    """The net reads zeros in half of the places, and the loss is that of the row itself."""
    changes = ["train.noise={type: corrupt, share: 0.5}"]
    (task,) = small.tasks(*changes, **SECTIONS)
    stage, seen = task.build(), []
    stage.learner.module.encoder.register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0])
    )
    batch = next(iter(stage.batches))
    loss = stage.learner.objective(stage.learner.module, batch)
    hit = (seen[0] == 0) & (batch["x"] == 1)
    assert 0.3 < float(hit.sum() / batch["x"].sum()) < 0.7
    logits = stage.learner.module(seen[0])
    expected = -(batch["x"] * logits - torch.nn.functional.softplus(logits)).sum(1)
    torch.testing.assert_close(loss, expected)


def test_a_codec_of_any_nets_learns_from_its_recipe():
    model = {
        "type": "codec",
        "encoder": {"type": "deep", "units": [6, 8, 4], "norm": "layer"},
        "decoder": {"type": "mlp", "units": [4, 6]},
    }
    (task,) = small.tasks(**{**SECTIONS, "model": model})
    before = error(task)
    small.done(task)
    assert error(task) < 0.5 * before


def test_validation_rows_are_watched_without_damage():
    (task,) = small.tasks("data.validation=0.3", **SECTIONS)
    stage = task.build()
    while not stage.epoch_ended:
        stage.update()
    row = stage.observe()
    assert {"train/bernoulli", "val/bernoulli", "net/reconstruction"} <= set(row)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"train": {**SECTIONS["train"], "objective": "squared_error"}},
            "train: the outputs of the model are probabilities, and the objective squared_error "
            "compares values",
        ),
        (
            {"train": {**SECTIONS["train"], "samples": 2}},
            "train: samples is 2, and the code of the model has no prior",
        ),
        (
            {"train": {**SECTIONS["train"], "beta": 4}},
            "train: beta is 4.0, and the code of the model has no prior",
        ),
        (
            {"train": {**SECTIONS["train"], "penalties": [{"type": "rate"}]}},
            "rate: the values of the code range from .* give the code logistic units",
        ),
        (
            {"model": {"type": "mlp", "units": [6, 2]}},
            "train: no model of this run reconstructs rows",
        ),
        (
            {"train": {"type": "supervised", "epochs": 1}},
            "train: supervised training needs a net of classes, values or sequences, and the "
            "outputs of the model are probabilities",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(changes, message):
    with pytest.raises(ValueError, match=message):
        small.done(small.tasks(**{**SECTIONS, **changes})[0])


def test_a_penalty_that_does_not_fit_is_refused_when_the_stage_is_made():
    (task,) = small.tasks(**{**SECTIONS, "train": {**SECTIONS["train"], "penalties": ["rate"]}})
    with pytest.raises(ValueError, match="rate: the values of the code range from"):
        task.build()


# --- codes with a prior -----------------------------------------------------------------------

VAE = {**SECTIONS, "model": {"type": "autoencoder", "units": [6, 8, 2], "code": "gaussian"}}


def test_a_code_with_a_prior_is_measured_by_its_bound_on_validation_rows():
    (task,) = small.tasks("data.validation=0.2", "train.epochs=30", **VAE)
    stage = task.build()
    before = stage.observe()
    assert {"val/elbo", "val/code_cost", "val/active_units"} <= set(before)
    while not stage.done:
        stage.update()
    after = stage.observe()
    assert after["val/elbo"] > before["val/elbo"] + 0.3
    assert before["val/elbo"] < -6 * 0.6


def test_rows_are_drawn_anew_for_every_batch_where_the_data_are_drawn():
    (task,) = small.tasks("data.batch_transform=sampled", data=grey(), **VAE)
    stage, seen = task.build(), []
    stage.learner.module.encoder.register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0])
    )
    for _ in range(2 * 6):
        stage.update()
    assert set(torch.cat(seen).unique().tolist()) == {0.0, 1.0}
    first, second = torch.cat(seen[:6]), torch.cat(seen[6:12])
    assert not torch.equal(first.sum(0), second.sum(0))


def grey():
    """The toy rows with fractions instead of bits."""
    made = small.toy()
    return made.each(lambda split: split.with_columns(x=0.25 + 0.5 * split.x))


def test_the_objective_sets_the_deviations_before_the_optimiser_is_made():
    changes = ["model.outputs=gaussian", "train.objective={type: gaussian, std: 0.5}"]
    (task,) = small.tasks(*changes, **VAE)
    net = task.build().learner.module
    assert net.decoder.log_std.exp().tolist() == pytest.approx([0.5] * 6)
    small.done(task)
    assert net.decoder.log_std.exp().tolist() == pytest.approx([0.5] * 6)
    (task,) = small.tasks(changes[0], "train.objective=gaussian", **VAE)
    net = task.build().learner.module
    small.done(task)
    assert float(net.decoder.log_std.detach().abs().min()) > 0.01


def test_mixed_columns_learn_and_wrong_blocks_are_refused():
    blocks = "[[3, bernoulli], [3, squared_error]]"
    changes = ["model.outputs=mixed", f"train.objective={{type: mixed, blocks: {blocks}}}"]
    (task,) = small.tasks(*changes, **SECTIONS)
    before = error(task)
    small.done(task)
    assert error(task) < before / 2
    (task,) = small.tasks(
        changes[0], changes[1].replace("[3, squared_error]", "[2, bernoulli]"), **SECTIONS
    )
    with pytest.raises(ValueError, match="blocks have 5 columns, but the net has 6 outputs"):
        task.build()


def test_counts_are_learned_as_shares():
    changes = ["model.outputs=shares", "train.objective={type: multinomial, per_word: true}"]
    (task,) = small.tasks(*changes, **SECTIONS)
    before = error(task)
    small.done(task)
    assert error(task) < before / 2
