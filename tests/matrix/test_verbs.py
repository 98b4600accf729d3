"""Every verb on the run of every recipe: a result that is checked, or a reason in words."""

import math

import numpy as np
import pytest

from harmonium.apply import Trained
from tests.matrix.miniature import CLASSIFIERS, RECIPES, can, classifies, is_net, probable
from tests.matrix.red import cells


def test_rows(run):
    """The run's own test rows, or how many there are."""
    return len(Trained(run).dataset().test)


test_rows.__test__ = False


@pytest.mark.parametrize("name", cells("summary", RECIPES))
def test_summary_lists_the_stages_that_the_run_went_through(name, runs, verb):
    run = runs(name)
    found = verb("summary", run.path, "--json")
    assert found["parameters"] > 0
    learned = {}
    for row in run.metrics():
        if row["trial"] == 0 and not row["stage"].startswith(("compare", "judge")):
            learned[row["stage"]] = row["update"]
    listed = {stage["stage"]: stage["updates"] for stage in found["stages"]}
    assert list(listed) == list(learned)
    stopped_early = [s for s in learned if learned[s] < listed[s]]
    assert all(learned[s] <= listed[s] for s in learned)
    assert not stopped_early


UNDESCENDED = (
    "action_values",
    "deconvolutional",
    "elementary_perceptron",
    "extreme_learning",
    "kohonen",
    "markov_chain",
    "neocognitron",
    "radial_basis",
    "reservoir",
    "sigmoid_belief_net",
)
"""Nets whose layers learn by other rules, or from play, for which gradients are not looked at."""


@pytest.mark.parametrize("name", cells("diagnose", RECIPES))
def test_diagnose_measures_the_layers_of_a_net_or_says_why_not(name, runs, recipes, verb):
    run, recipe = runs(name), recipes(name)
    before = sorted(run.path.rglob("*"))
    found = verb("diagnose", run.path, "--json")
    assert sorted(run.path.rglob("*")) == before
    if recipe["model"]["type"] in ("adversaries", "linear_memory", "perceptron"):
        assert "no model of this run has hidden layers" in found
        return
    if recipe["model"]["type"] in UNDESCENDED:
        assert "no stage of the recipe trains a net by gradient descent" in found
        return
    unrolled = any(stage.get("type") == "unroll" for stage in recipe.get("stages", ()))
    texts = recipe["model"]["type"] == "language"
    if not (is_net(recipe) or texts or unrolled) and "fine_tune" not in recipe:
        assert "no model of this run is a net that learns by gradient descent" in found
        return
    if name in ("faces_look_up", "go_shallow"):
        assert "the net has a single layer" in found
        return
    layers = found["looks"][-1]["layers"]
    assert len(layers) >= 2
    assert all(math.isfinite(layer["gradient"]) for layer in layers)
    assert [look["name"] for look in found["looks"]] == ["before training", "at the end"]
    assert found["looks"][0]["layers"] != layers


@pytest.mark.parametrize("name", cells("evaluate", RECIPES))
def test_evaluate_finds_the_accuracy_of_the_judge(name, runs, recipes, verb):
    run = runs(name)
    found = verb("evaluate", run.path, "--json")
    if run.environment.get("targets"):
        judged = run.results["trials"][0]["methods"][recipes(name)["model"]["type"]]
        assert found["rmse"] == pytest.approx(judged.get("rmse", found["rmse"]), abs=1e-4)
        assert found["r2"] == pytest.approx(judged.get("r2", found["r2"]), abs=1e-6)
        return
    if can(run, "continues"):
        judged = run.results["trials"][0]["methods"][recipes(name)["model"]["type"]]
        assert found["token_nats"] == pytest.approx(judged["token_nats"], abs=1e-4)
        return
    if not classifies(recipes(name)):
        assert "class" in found or "no net" in found
        return
    own = run.results["trials"][0]["methods"][recipes(name)["model"]["type"]]
    assert found["rows"] == test_rows(run)
    assert sum(map(sum, found["confusion"])) == found["rows"]
    if "accuracy" in own:
        assert found["accuracy"] == pytest.approx(own["accuracy"], abs=1e-9)


@pytest.mark.parametrize("name", cells("predict", RECIPES))
def test_predict_gives_a_class_to_every_row(name, runs, recipes, verb, tmp_path):
    run = runs(name)
    found = verb("predict", run.path, "-o", "p.npy")
    if targets := run.environment.get("targets"):
        values = np.load(tmp_path / "p.npy")
        assert values.size == test_rows(run) * len(targets)
        assert len(values) in (test_rows(run), values.size)  # forecasts have a row for each step
        assert values.std() > 0
        return
    if can(run, "transduces"):
        assert np.load(tmp_path / "p.npy").shape == (test_rows(run),)
        return
    if not classifies(recipes(name)):
        assert "class" in found or "no net" in found
        assert not (tmp_path / "p.npy").exists()
        return
    p = np.load(tmp_path / "p.npy")
    if not probable(recipes(name)):
        assert set(p) <= set(map(str, run.environment["classes"]))
        assert len(p) == test_rows(run)
        return
    assert p.shape == (test_rows(run), len(run.environment["classes"]))
    assert np.allclose(p.sum(1), 1, atol=1e-5)


CODES_OF_NETS = {
    "cartpole_dqn": 10,
    "catch_dqn": 10,
    "cifar_densenet": 36,
    "cifar_resnet": 36,
    "digits_convnet": 64,
    "digits_neocognitron": 200,
    "go_policy": 361,
    "go_shallow": 361,
    "go_value": 361,
    "mnist_conv_dbn": 16,
    "mnist_conv_rbm": 27,
    "letters_lenet1": 26,
    "mnist_dilated": 256,
    "mnist_inverse_graphics": 12,
    "mnist_lenet5": 36,
    "mnist_lenet5_distorted": 36,
    "mnist_robustness": 36,
    "mnist_seven_layer": 36,
    "mnist_two_stage": 36,
    "patches_conv_rbm": 1875,
    "photographs_deconvolutional": 972,
    "photographs_espcn": 144,
    "shapes_captions": 128,
    "pong_dqn": 12,
    "vowels_gru": 24,
}
"""Recipe of a net whose settings do not tell it -> values of its last hidden layer, cut down."""


@pytest.mark.parametrize("name", cells("encode", RECIPES))
def test_encode_gives_codes_of_the_last_hidden_layer(name, runs, recipes, verb, tmp_path):
    run, model = runs(name), recipes(name)["model"]
    found = verb("encode", run.path, "-o", "codes.npy")
    if not can(run, "encodes"):
        assert "no model of this run has hidden layers" in found
        return
    last = -2 if model["type"] in CLASSIFIERS else -1
    units = model["units"][last] if "units" in model else model.get("hidden")
    units = model.get("associations", model.get("joint", units))
    units = 2 if model["type"] == "kohonen" else units
    layer = model.get("recurrent", model.get("reservoir"))
    units = layer["hidden"] if layer else units
    units = 10 if "encoders" in model else CODES_OF_NETS.get(name, units)
    units = units["shape"] if isinstance(units, dict) else units
    codes = np.load(tmp_path / "codes.npy")
    assert codes.shape == (test_rows(run), units)
    assert codes.std(0).max() > 0
    if is_net(recipes(name)) or isinstance(model.get("units", [0])[-1], dict):
        assert np.isfinite(codes).all()  # of any sign: the code of the model is not binary
        return
    assert (codes >= 0).all()
    assert (codes <= 1).all()


@pytest.mark.parametrize("name", cells("retrieve", RECIPES))
def test_retrieve_finds_training_rows_by_bits_or_across_kinds_of_data(name, runs, verb, tmp_path):
    run = runs(name)
    index = [] if can(run, "embeds parts") else ["--index", tmp_path / "index"]
    found = verb("retrieve", run.path, "-o", "found.npy", "-k", 3, *index)
    if can(run, "embeds parts"):
        assert "each with the nearest 3 rows" in found
        assert np.load(tmp_path / "found.npy").shape == (test_rows(run), 3)
        return
    if not can(run, "hashes"):
        assert "no model of this run gives rows addresses of bits" in found
        return
    assert "500 rows, each with the nearest 3 of" in found
    assert np.load(tmp_path / "found.npy").shape == (500, 3)


@pytest.mark.parametrize("name", cells("decode", RECIPES))
def test_decode_gives_back_the_rows_of_codes(name, runs, verb, tmp_path):
    run = runs(name)
    if not can(run, "decodes"):
        np.save(tmp_path / "codes.npy", np.zeros((3, 2)))
        found = verb("decode", run.path, "codes.npy", "-o", "rows.npy")
        assert "no model of this run gives rows back from codes" in found
        return
    verb("encode", run.path, "-o", "codes.npy")
    assert "500 rows of" in verb("decode", run.path, "codes.npy", "-o", "rows.npy")
    rows = np.load(tmp_path / "rows.npy")
    test = Trained(run).dataset().test.x.flatten(1).numpy()
    assert rows.shape == test.shape
    assert np.isfinite(rows).all()
    assert ((rows - test) ** 2).mean() < ((test - 10) ** 2).mean()


@pytest.mark.parametrize("name", cells("sample", RECIPES))
def test_sample_draws_the_same_from_the_same_seed(name, runs, recipes, verb, tmp_path):
    run, model = runs(name), recipes(name)["model"]
    if can(run, "continues"):
        a, b, c = (verb("sample", run.path, "--length", 30, "--seed", seed) for seed in (3, 3, 4))
        assert a == b != c
        assert "leave it out" in verb("sample", run.path, "--steps", 20)
        return
    assert "next symbol of a text" in verb("sample", run.path, "--prompt", "a")
    if not can(run, "samples"):
        found = verb("sample", run.path, "-n", 5, "-o", "a.npy")
        assert "no model of this run draws samples" in found
        return
    steps = ("--steps", 20) if can(run, "mixes") else ()
    for file, seed in (("a.npy", 3), ("b.npy", 3), ("c.npy", 4)):
        verb("sample", run.path, "-n", 5, *steps, "--seed", seed, "-o", file)
    if not steps:
        refusal = verb("sample", run.path, "--steps", 20, "-o", "d.npy")
        assert "runs no chains" in refusal
    a, b, c = (np.load(tmp_path / file) for file in ("a.npy", "b.npy", "c.npy"))
    assert len(a) == 5
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
    real = isinstance(model.get("visible"), dict) or model.get("outputs") in ("gaussian", "values")
    real |= isinstance(model.get("shape"), dict)  # units of real pixels
    if "words" in model:
        assert np.allclose(a.sum(1), 100, rtol=1e-4)  # expected counts of a hundred words
    elif not real:
        assert 0 <= a.min() <= a.max() <= 1
    assert np.isfinite(a).all()


@pytest.mark.parametrize("name", cells("likelihood", RECIPES))
def test_likelihood_is_that_of_the_judge_where_it_is_exact(name, runs, recipes, verb):
    run = runs(name)
    small = ("--betas", 10, "--chains", 5, "--sweeps", 5, "--samples", 3)
    found = verb("likelihood", run.path, *small, "--json")
    own = run.results["trials"][0]["methods"][recipes(name)["model"]["type"]]
    if can(run, "bounded"):
        elbo = found["rows"]["test"]["elbo"]
        assert math.isfinite(elbo)
        if "bound" in [judge["type"] for judge in recipes(name)["judge"]]:
            assert elbo == pytest.approx(own["elbo"], rel=0.02)
        assert found["rows"]["test"]["gap"] > 0
        return
    if not can(run, "scores"):
        assert "no model of this run has a likelihood" in found
        return
    test = found["rows"]["test"]
    side = "exact" if found["method"] == "exact" else "pessimistic"
    assert math.isfinite(test[side])
    if side == "exact" and "log_likelihood" in own:
        assert test[side] == pytest.approx(own["log_likelihood"], abs=1e-4)


@pytest.mark.parametrize("name", cells("compare", RECIPES))
def test_runs_compare_shows_the_figures_of_both(name, runs, verb):
    one, two = runs(name), runs("digits_rbm" if name != "digits_rbm" else "digits_dbn")
    found = verb("runs", "compare", one.path, two.path, "--json")
    assert found["settings"]["name"] == [name, two.recipe["name"]]
    assert any(
        all(isinstance(value, float) for value in row) or None in row
        for row in found["results"].values()
    )
    text = verb("runs", "compare", one.path, two.path)
    assert name in text


@pytest.mark.parametrize("name", cells("export", RECIPES))
def test_the_machine_is_saved_and_loaded_alone(name, runs, tmp_path):
    import torch

    import harmonium as hm

    machine = runs(name).machine()
    hm.save(machine, tmp_path / "machine.safetensors")
    again = hm.load(tmp_path / "machine.safetensors").state_dict()
    assert list(again) == list(machine.state_dict())
    assert all(torch.equal(x, again[k]) for k, x in machine.state_dict().items())
