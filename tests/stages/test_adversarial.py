"""The stage of adversaries: two optimisers, schedules of both, classes, averages, collapse."""

import copy

import pytest
import torch

from tests.stages import small

MODEL = {
    "type": "adversaries",
    "generator": {"type": "mlp", "units": [3, 8, 6]},
    "discriminator": {"type": "mlp", "units": [6, 8, 1]},
}
CLASSES = {
    **MODEL,
    "classes": 2,
    "generator": {"type": "mlp", "units": [5, 8, 6]},
    "discriminator": {"type": "mlp", "units": [6, 8, 2]},
}
SECTIONS = {"pretrain": None, "fine_tune": None}


def built(model=MODEL, data=None, **settings):
    stage = {"type": "adversarial", "epochs": 3, "batch_size": 20, **settings}
    trial = small.one(model=model, train=stage, data=data, **SECTIONS)
    (part,) = trial.stages["train"].parts(trial, "train")
    return trial, part.build()


def test_schedules_act_on_both_optimisers():
    other = {"type": "sgd", "lr": 0.4}
    _, training = built(discriminator=other, schedules=["linear_decay"])
    assert [type(o).__name__ for o in training.learner.optimisers] == ["Adam", "SGD"]
    while not training.done:
        training.update()
    assert [o.param_groups[0]["lr"] for o in training.learner.optimisers] == [0, 0]
    assert len(training.schedules) == 2


def test_both_losses_and_figures_of_samples_are_written():
    _, training = built()
    while not training.epoch_ended:
        training.update()
    row = training.observe()
    wanted = {"train/discriminator_loss", "train/generator_loss", "net/variety", "net/told_apart"}
    assert wanted <= set(row)


@pytest.mark.parametrize("settings", [{"average": 0.9}, {"loss": "wasserstein", "steps": 2}, {}])
@pytest.mark.parametrize("model", [MODEL, CLASSES], ids=["plain", "classes"])
def test_a_training_goes_on_from_its_state_to_the_bit(model, settings):
    (_, whole), (_, again) = built(model, **settings), built(model, **settings)
    for _ in range(4):
        whole.update()
    state = copy.deepcopy(whole.state_dict())
    again.load_state_dict(state)
    for training in (whole, again):
        while not training.done:
            training.update()
    for name, x in whole.learner.module.state_dict().items():
        assert torch.equal(x, again.learner.module.state_dict()[name])
    assert whole.observe()["net/variety"] == again.observe()["net/variety"]


def test_the_average_is_what_is_measured_and_saved():
    trial, training = built(average=0.99)
    assert training.learner.module is trial.model("machine").net
    assert training.learner.learner.module is not training.learner.module


def test_weights_of_rows_are_taken_over():
    weights = torch.tensor([1.0, 0.0] * 30)
    _, training = built(data=small.toy(weights=weights))
    assert len(training.batches) == 2  # of the 30 rows that count


def test_what_does_not_fit_is_refused():
    norm = {
        "type": "net",
        "shape": [6],
        "layers": [
            {"type": "linear", "out_features": 4},
            "batch_norm1d",
            {"type": "linear", "out_features": 1},
        ],
    }
    with pytest.raises(ValueError, match="train: the gradient penalty is one of each row"):
        built({**MODEL, "discriminator": norm}, loss="wasserstein")
    with pytest.raises(ValueError, match="tells rows of the data from rows that it makes"):
        small.tasks(
            model={"type": "mlp", "units": [6, 2]},
            train={"type": "adversarial", "epochs": 1},
            **SECTIONS,
        )
    with pytest.raises(ValueError, match="the net has 2 classes, and real has 0"):
        built(CLASSES, data=small.real())


def test_a_run_that_collapses_is_noticed():
    """A generator far faster than the discriminator makes one kind of rows after the other."""
    slow, fast = ({"type": "adam", "lr": lr} for lr in (1e-5, 0.05))
    _, training = built(optimiser=fast, discriminator=slow, epochs=30)
    while not training.done:
        training.update()
    kinds = [finding["kind"] for finding in training.notice()["findings"]]
    assert "mode collapse" in kinds
