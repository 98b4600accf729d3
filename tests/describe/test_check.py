"""What must fit together. The rest of the table of wrong recipes is in test_load.py."""

import pytest

from harmonium.describe import RecipeError, load
from harmonium.describe.quick import quick

BASE = {
    "data": {"source": "digits"},
    "model": {"type": "rbm", "visible": 64, "hidden": 8},
    "train": {"type": "energy", "epochs": 1},
}
TUNE = {"type": "classify", "epochs": 1}
LAYERWISE = {"type": "layerwise", "epochs": 1}


def without(key):
    return {k: v for k, v in BASE.items() if k != key}


def test_something_must_be_learned():
    with pytest.raises(RecipeError, match="at least one of pretrain, train and fine_tune"):
        load(without("train"))


@pytest.mark.parametrize("device", ["auto", "cpu", "mps", "cuda", "cuda:0", "cuda:12"])
def test_devices(device):
    assert load({**BASE, "device": device}).device == device


@pytest.mark.parametrize("device", ["", "cuda:", "cuda:x", "CPU", "cpu:0", "cuda:0\n"])
def test_no_devices(device):
    with pytest.raises(RecipeError, match="device: is"):
        load({**BASE, "device": device})


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a b", "a/b", "a\\b", "é", "a" * 101, "-a", "a\n"]
)
def test_names_that_no_folder_should_have(name):
    with pytest.raises(RecipeError, match="name: is"):
        load({**BASE, "name": name})


@pytest.mark.parametrize("monitor", ["val/error", "val/loss"])
def test_a_reader_may_bring_its_own_validation_rows(monitor):
    tuned = {**BASE, "fine_tune": {**TUNE, "early_stopping": {"monitor": monitor}}}
    with pytest.raises(RecipeError, match="no rows are set aside"):
        load(tuned)
    own = {**tuned, "data": {"source": {"type": "arrays", "train": "x.npz"}}}
    assert load(own).fine_tune.early_stopping.monitor == monitor


def test_a_single_rbm_is_a_stack_of_one():
    one = {**without("train"), "pretrain": {"type": "greedy", "epochs": 1, "layers": [{}, {}]}}
    with pytest.raises(RecipeError, match="has 2 entries, the model 1 layers"):
        load(one)


def test_each_pretraining_has_models_of_its_own():
    net = {"type": "autoencoder", "units": [64, 20, 5]}
    layers = [{}, {}]
    found = load({**BASE, "model": net, "train": None, "pretrain": LAYERWISE, "fine_tune": TUNE})
    assert found.pretrain.epochs == 1
    assert load({**without("train"), "model": net, "pretrain": {**LAYERWISE, "layers": layers}})
    wrong = [
        ({**without("train"), "pretrain": LAYERWISE}, "layerwise pre-training needs an autoenc"),
        (
            {**without("train"), "model": net, "pretrain": {"type": "greedy", "epochs": 1}},
            "greedy pre-training needs a model of layers .*not autoencoder",
        ),
        (
            {**without("train"), "model": net, "pretrain": {**LAYERWISE, "layers": [{}] * 3}},
            "has 3 entries, the model 2 layers",
        ),
    ]
    for recipe, message in wrong:
        with pytest.raises(RecipeError, match=message):
            load(recipe)


def test_a_word_that_is_neither_a_choice_nor_a_code_is_answered_with_both():
    net = {"type": "autoencoder", "units": [64, 5], "code": "lineer"}
    with pytest.raises(RecipeError, match="one of activation, linear or a Code"):
        load({**without("train"), "model": net, "pretrain": LAYERWISE})


def test_a_run_keeps_one_net():
    stages = [{"type": "unroll", "into": "autoencoder"}, "unroll"]
    with pytest.raises(RecipeError, match=r"stages.1: makes a second net"):
        load({**without("train"), "stages": stages})


def test_the_largest_seed_of_the_last_repeat():
    assert load({**BASE, "seed": 2**31 - 3, "repeats": 3}).repeats == 3
    with pytest.raises(RecipeError, match="with 3 repeats"):
        load({**BASE, "seed": 2**31 - 2, "repeats": 3})


def test_one_schedule_sets_the_rate():
    def with_schedules(*schedules):
        return load({**BASE, "train": {**BASE["train"], "schedules": [*schedules]}})

    with pytest.raises(RecipeError, match="cosine and linear_decay both set the learning rate"):
        with_schedules("cosine", "warm_up", "linear_decay")
    assert len(with_schedules("cosine", "warm_up").train.schedules) == 2


def test_a_warm_up_ends_with_the_stage():
    def with_warm_up(epochs, *, stage):
        schedules = [{"type": "warm_up", "epochs": epochs}]
        return load({**BASE, "train": {**BASE["train"], "epochs": stage, "schedules": schedules}})

    said = r"schedules.0.epochs: is 5, and the stage has 4: .* never be reached"
    with pytest.raises(RecipeError, match=said):
        with_warm_up(5, stage=4)
    assert quick(with_warm_up(5, stage=5)).train.schedules[0].settings["epochs"] == 1
    assert quick(with_warm_up(0.5, stage=5)).train.schedules[0].settings["epochs"] == 0.5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"optimiser": {"type": "sgd", "nesterov": True}}, "optimiser: nesterov needs"),
        ({"optimiser": {"type": "adam", "betas": [0.9, 1.0]}}, "betas: are .0.9, 1.0.; below 1"),
        ({"optimiser": "adam", "schedules": ["momentum"]}, "adam has no momentum to schedule"),
    ],
)
def test_what_torch_would_refuse_later(changes, said):
    with pytest.raises(RecipeError, match=said):
        load({**BASE, "train": {**BASE["train"], **changes}})
    layers = {"type": "greedy", "epochs": 1, "layers": [changes]}
    with pytest.raises(RecipeError, match=r"pretrain.layers.0.*" + said):
        load({**without("train"), "pretrain": layers})


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ({"optimiser": {"type": "sgd", "nesterov": True}}, r"stages.0.*nesterov needs"),
        (
            {"type": "greedy", "layers": [{"optimiser": {"type": "sgd", "nesterov": True}}]},
            r"stages.0.layers.0.*nesterov needs",
        ),
        ({"type": "greedy", "layers": [{}, {}]}, "stages.0.layers: has 2 entries, the model 1"),
        (
            {**TUNE, "type": "supervised", "early_stopping": {"monitor": "val/error"}},
            r"stages.0.early_stopping.monitor.*no rows are set aside",
        ),
    ],
)
def test_stages_of_the_list_are_checked_as_the_short_ones(stage, said):
    with pytest.raises(RecipeError, match=said):
        load({**without("train"), "stages": [{"type": "energy", "epochs": 1, **stage}]})


def test_what_torch_would_take():
    optimiser = {"type": "sgd", "nesterov": True, "momentum": 0.5}
    stage = {**BASE["train"], "optimiser": optimiser, "schedules": ["momentum", "linear_decay"]}
    assert load({**BASE, "train": stage}).train.optimiser.settings["nesterov"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"compare": ["svc", "svc"]}, "compare.1: svc stands here twice"),
        ({"judge": ["likelihood", {"type": "likelihood"}]}, "judge.1: likelihood stands here"),
        ({"compare": [{"type": "svc", "C": []}]}, "compare.0.C: is empty; give at least one"),
        ({"judge": ["accuracy"]}, "judge.0: accuracy needs the net of a fine_tune section"),
        ({"compare": ["random_start"]}, "compare.0: random_start needs the net"),
        (
            {"data": {"source": "frey_faces"}, "compare": ["svc"]},
            "compare: needs labels, and frey",
        ),
        (
            {"data": {"source": "frey_faces"}, "fine_tune": TUNE},
            "fine_tune: classify needs labels",
        ),
        (
            {"data": {"source": "frey_faces", "labels": {"per_class": 1}}},
            "data.labels: frey_faces has no labels to choose from",
        ),
    ],
)
def test_verdicts_and_labels(changes, said):
    with pytest.raises(RecipeError, match=said):
        load({**BASE, **changes})


def test_a_net_is_judged_and_compared():
    judged = {**BASE, "fine_tune": TUNE, "judge": ["accuracy"], "compare": ["random_start", "svc"]}
    assert [c.type for c in load(judged).compare] == ["random_start", "svc"]


MEMORY = {
    **BASE,
    "model": {"type": "belief_net", "units": [64, 8, 4], "classes": 10},
    "train": {"type": "up_down", "epochs": 1},
}


def test_a_net_with_labels_is_trained_and_judged_without_fine_tuning():
    found = load({**MEMORY, "judge": ["accuracy"]})
    assert found.train.contrast.settings["steps"] == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": BASE["model"]}, "train: up_down trains a stack of graphs, not a rbm"),
        ({"train": BASE["train"]}, "train: energy trains a single .* or train with up_down"),
        (
            {"model": {"type": "belief_net", "units": [64, 8]}, "judge": ["accuracy"]},
            "judge.0: accuracy needs the net of a fine_tune section",
        ),
    ],
)
def test_what_up_down_cannot_train(changes, said):
    with pytest.raises(RecipeError, match=said):
        load({**MEMORY, **changes})


@pytest.mark.parametrize(
    ("name", "most"), [("betas", 10**8), ("chains", 10**6), ("reverse_sweeps", 10**9)]
)
def test_a_ladder_has_an_end(name, most):
    assert load({**BASE, "judge": [{"type": "likelihood", name: most}]})
    with pytest.raises(RecipeError, match=rf"judge\.0\.{name}: is {most + 1}; at most {most}"):
        load({**BASE, "judge": [{"type": "likelihood", name: most + 1}]})


def test_reductions_need_no_labels():
    faces = {**BASE, "data": {"source": "frey_faces"}, "compare": ["pca", "ica", "svd"]}
    assert [baseline.type for baseline in load(faces).compare] == ["pca", "ica", "svd"]


NET = """\
data: {source: digits}
train: {type: supervised, epochs: 1}
model:
  type: net
  shape: [1, 8, 8]
  layers:
    - {type: conv2d, name: conv1, out_channels: 4, kernel_size: 3}
    - type: sequential
      name: block
      layers:
        - relu
        - {type: max_pool2d, kernel_size: 3}
    - flatten
    - {type: linear, name: fc, out_features: 10}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (
            "kernel_size: 3}\n    - type",
            "kernel_size: 9}\n    - type",
            7,
            "model.layers.0: (conv1)",
        ),
        (
            "max_pool2d, kernel_size: 3",
            "max_pool2d, kernel_size: 7",
            12,
            "layers.1.layers.1: (max",
        ),
        (
            "    - flatten\n",
            "",
            13,
            "model.layers.2: the outputs of the net have the shape (4, 2, 10)",
        ),
        (
            "- relu",
            "- rellu",
            11,
            "model.layers.1.layers.0: 'rellu' is not a kind of Layer; did you",
        ),
        ("out_features: 10", "out_features: 10, bia: false", 14, "layers.3.bia: is not a setting"),
        (
            "fc, ",
            "fc, inputs: bloc, ",
            14,
            "reads 'bloc', but no layer before it has this name, did",
        ),
        ("name: fc", "name: conv1", 14, "(conv1) another layer has this name"),
        ("out_features: 10", "out_features: 10, rate: -1", 14, "rate: is -1; at least 0"),
    ],
)
def test_a_wrong_layer_is_named_with_its_line(old, new, line, message, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(NET)
    load(path)
    path.write_text(NET.replace(old, new))
    with pytest.raises(RecipeError) as caught:
        load(path)
    (problem,) = [p for p in caught.value.problems if p.where == f"{path}:{line}"]
    assert message in str(problem)
