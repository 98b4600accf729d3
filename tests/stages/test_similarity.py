"""Similarity as a stage of a recipe."""

import pytest
import torch

from harmonium.learning.neighbours import nearest, neighbour_error
from tests.stages import small

EMBEDDING = {
    "model": {"type": "embedding", "units": [6, 8, 2], "activation": "tanh"},
    "pretrain": None,
    "train": {
        "type": "similarity",
        "epochs": 60,
        "batch_size": 30,
        "optimiser": {"type": "adam", "lr": 0.02},
    },
    "fine_tune": None,
}
AUTOENCODER = {**EMBEDDING, "model": {"type": "autoencoder", "units": [6, 8, 2], "code": "linear"}}


def codes(task, rows):
    made = task.workspace.models["machine"]
    return [*made.codes({"x": rows}).values()][-1].detach()


def error(task):
    data = task.workspace.data
    x, y = data.train.x, data.train.y
    held, truth = data.test.x, data.test.y
    return neighbour_error((codes(task, x), y), (codes(task, held), truth), k=5)


def loss(task, stage):
    batch = task.workspace.data.train.batch(slice(None))
    return float(stage.learner.objective(stage.learner.module, batch).mean().detach())


@pytest.mark.parametrize("sections", [EMBEDDING, AUTOENCODER])
@pytest.mark.parametrize("objective", ["nca", {"type": "nca", "log": True}, "triplet"])
def test_near_means_same_class_after_learning(sections, objective):
    train = {**sections["train"], "objective": objective}
    (task,) = small.tasks(**{**sections, "train": train})
    stage = task.build()
    before = loss(task, stage)
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            stage.observe()
    assert loss(task, stage) < 0.4 * before
    assert error(task) <= 0.2


def test_codes_are_scaled_before_learning():
    (task,) = small.tasks("train.nearest=0.01", **EMBEDDING)
    (other,) = small.tasks("train.nearest=null", **EMBEDDING)
    found = []
    for made in (task, other):
        made.build()
        z = codes(made, made.workspace.data.train.x)
        distances = nearest(z, z, k=1, itself=False)[0]
        found.append(float(distances[distances > 1e-5].median()))  # some rows are equal
    assert found[0] == pytest.approx(0.01, rel=1e-3)
    assert found[1] > 0.05


def test_without_a_reconstruction_the_decoder_stays():
    (task,) = small.tasks(**AUTOENCODER)
    stage = task.build()
    net = task.workspace.models["machine"].net
    before = [p.clone() for p in net.decoder.parameters()]
    while not stage.epoch_ended:
        stage.update()
    assert all(p.equal(q) for p, q in zip(net.decoder.parameters(), before, strict=True))


def test_a_reconstruction_is_kept_if_it_has_a_weight():
    errors = []
    for weight in (0, 1):
        (task,) = small.tasks(f"train.reconstruction={weight}", **AUTOENCODER)
        small.done(task)
        x = task.workspace.data.train.x
        net = task.workspace.models["machine"].net
        errors.append(float((net.reconstruct(x) - x).detach().square().mean()))
    assert errors[1] < 0.8 * errors[0]


def test_validation_rows_are_classified_by_their_neighbours():
    stopping = {"monitor": "val/knn_error", "patience": 60}
    train = {**EMBEDDING["train"], "early_stopping": stopping}
    (task,) = small.tasks("data.validation=0.3", **{**EMBEDDING, "train": train})
    stage = task.build()
    while not stage.epoch_ended:
        stage.update()
    row = stage.observe()
    assert 0 <= row["val/knn_error"] <= 1
    assert {"train/nca", "gradient/h1", "gradient/code"} <= set(row)


def test_only_rows_with_a_label_are_learned_from():
    (task,) = small.tasks("data.labels={per_class: 4}", **EMBEDDING)
    assert sum(len(batch["x"]) for batch in task.build().batches) == 8


def test_an_unrolled_machine_learns_similarity():
    sections = {
        "model": {"type": "belief_net", "units": [6, 5, {"type": "gaussian", "shape": 2}]},
        "pretrain": None,
        "fine_tune": None,
        "stages": [
            {"type": "greedy", "epochs": 2, "batch_size": 10},
            {"type": "unroll", "into": "autoencoder"},
            EMBEDDING["train"],
        ],
    }
    tasks = small.tasks(**sections)
    for task in tasks:
        small.done(task)
    net = tasks[-1].workspace.models["net"].net
    assert net.encode(torch.zeros(3, 6, dtype=torch.float32)).shape == (3, 2)


@pytest.mark.parametrize(
    ("sections", "changes", "message"),
    [
        (EMBEDDING, ["train.objective=cross_entropy"], "loss does not compare codes: take nca or"),
        (EMBEDDING, ["train.reconstruction=1"], "the model does not reconstruct rows"),
        (
            {**EMBEDDING, "model": {"type": "mlp", "units": [6, 8, 2]}},
            [],
            "the outputs of the model are classes, not codes: take an embedding",
        ),
    ],
)
def test_what_is_refused(sections, changes, message):
    (task,) = small.tasks(*changes, **sections)
    with pytest.raises(ValueError, match=message):
        task.build()
