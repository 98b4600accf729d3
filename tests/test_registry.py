"""Every entry of the registry is real, and the schema says what its constructor does."""

import contextlib
import importlib
import inspect
from collections.abc import Mapping

import pytest
import torch

from harmonium.describe import build, load
from harmonium.describe.component import Component
from harmonium.describe.models import model
from harmonium.describe.values import from_model, plain
from harmonium.registry import GIVEN, INFERRED, KINDS, ROOT, SECTIONS, SHARED, class_of, target

ENTRIES = [(kind, name) for kind, types in KINDS.items() for name in types]
STAGES = {"Pretraining": "pretrain", "Training": "train", "FineTuning": "fine_tune"}

NETS = (
    "autoencoder",
    "deep",
    "embedding",
    "extreme_learning",
    "maxout",
    "mlp",
    "radial_basis",
    "sigmoid_belief_net",
)
SIZES = dict.fromkeys(NETS, [6, 3, 2])
"""Nets take sizes where machines take units."""

MAPS = {
    "go_value": {
        "net": {
            "type": "net",
            "shape": [49, 5, 5],
            "outputs": "values",
            "layers": ["flatten", {"type": "linear", "out_features": 1}],
        }
    },
    "go_policy": {
        "net": {
            "type": "net",
            "shape": [48, 5, 5],
            "layers": [{"type": "conv2d", "out_channels": 1, "kernel_size": 1}, "flatten"],
        }
    },
    "sliding_window": {
        "shape": [1, 9, 9],
        "window": {
            "type": "net",
            "shape": [1, 5, 5],
            "outputs": "probabilities",
            "layers": ["flatten", {"type": "linear", "out_features": 1}],
        },
    },
    "action_values": {"net": {"type": "mlp", "units": [6, 2]}, "actions": 2},
    "convolutional_belief_net": {"shape": [1, 6, 6], "maps": [2, 3], "kernels": [3, 1]},
    "convolutional_rbm": {"shape": [1, 6, 6], "maps": 2, "kernel": 3},
    "neocognitron": {"shape": [1, 12, 12]},
    "deconvolutional": {"shape": [1, 6, 6], "maps": 2, "size": 3},
    "max_pooled": {"shape": [2, 4, 4]},
}
"""Settings of components whose shape has three axes."""

# A valid value for every required setting, by its name.
EXAMPLES = {
    "associations": 5,
    "sources": 4,
    "targets": 3,
    "blocks": [[2, "bernoulli"], [1, "squared_error"]],
    "outputs": 2,
    "categories": 5,
    "channels": 2,
    "context": 8,
    "horizon": 3,
    "classes": 3,
    "decoder": {"type": "mlp", "units": [2, 6]},
    "degree": 3,
    "discriminator": {"type": "mlp", "units": [6, 3, 1]},
    "generator": {"type": "mlp", "units": [2, 3, 6]},
    "encoders": {
        "picture": {"type": "mlp", "units": [4, 2]},
        "words": {"type": "mlp", "units": [3, 2]},
    },
    "encoder": {"type": "mlp", "units": [6, 2]},
    "epochs": 2,
    "exponent": 0.5,
    "file": "weights.pth",
    "growth_rate": 2,
    "hidden": 4,
    "inputs": 6,
    "kept": 2,
    "kernel_size": 1,
    "layers": ["flatten", {"type": "linear", "out_features": 2}],
    "limit": 1.5,
    "dim": 1,
    "monitor": "val/error",
    "norm_type": 2.0,
    "num_groups": 1,
    "num_layers": 2,
    "out_channels": 2,
    "out_features": 2,
    "output_size": 1,
    "padding": 1,
    "path": "pictures",
    "reservoir": {"type": "echo_state", "inputs": 3, "hidden": 4},
    "recurrent": {"type": "gru", "inputs": 3, "hidden": 4},
    "upscale_factor": 2,
    "vocabulary": 5,
    "planes": 4,
    "scale": 0.5,
    "shape": [3],
    "size": [2, 2],
    "strength": 0.5,
    "table": [[1, 0], [1, 1], [0, 1]],
    "target": 0.1,
    "sparsity": 0.5,
    "pathways": {"picture": [6, 3], "words": [4]},
    "joint": 2,
    "to": [2, 2],
    "train": "here.npz",
    "trials": 3,
    "unflattened_size": [1, 3],
    "words": 5,
    "units": [6, {"type": "gaussian", "shape": 3}, 2],
    "val": 0.5,
    "visible": 6,
    "widths": [2, 1, 2, 1, 2, 1],
}


EMPTY = inspect.Parameter.empty
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def constructor(kind: str, name: str):
    home, _, attribute = KINDS[kind][name].partition(":")
    return getattr(importlib.import_module(home), attribute)


def parameters_of(kind: str, name: str):
    """Arguments of the constructor, and settings that all components of the kind have."""
    owners = [constructor(kind, name), *([target(SHARED[kind])] if kind in SHARED else [])]
    return {k: p for owner in owners for k, p in inspect.signature(owner).parameters.items()}


def described(kind: str, name: str):
    return model(KINDS[kind][name], kind, name=name)


def least(kind: str, name: str) -> dict:
    fields = described(kind, name).model_fields
    required = [f for f, field in fields.items() if f != "type" and field.is_required()]
    examples = {**EXAMPLES, "units": SIZES.get(name, EXAMPLES["units"])}
    examples |= MAPS.get(name, {})
    return {"type": name} | {f: examples[f] for f in required}


def as_component(value: object, kind: str) -> object:
    """A loaded value of a kind, from the smallest recipe of it."""
    found = described(kind, value["type"]).model_validate(value)
    return from_model(found)


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_the_model_has_the_constructors_arguments(kind, name):
    """But for those that only the program gives, every one of which has a default or is listed."""
    parameters = parameters_of(kind, name)
    fields = set(described(kind, name).model_fields) - {"type"}
    assert fields <= set(parameters)
    for missing in set(parameters) - fields - set(GIVEN.get(kind, ())):
        open_ended = parameters[missing].kind in VARIADIC
        assert open_ended or parameters[missing].default is not EMPTY, missing


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_defaults_read_from_source_are_the_real_ones(kind, name):
    parameters = parameters_of(kind, name)
    full = described(kind, name).model_validate(least(kind, name))
    for field, described_field in described(kind, name).model_fields.items():
        if field == "type" or described_field.is_required():
            continue
        real = parameters[field].default
        if real is EMPTY and field in INFERRED.get(kind, ()):
            assert getattr(full, field) is None
            continue
        mine = from_model(getattr(full, field))
        if repr(real) == "<factory>":
            owner = target(SHARED[kind]) if kind in SHARED else constructor(kind, name)
            real = getattr(owner(**{}), field)
        assert same(mine, real), (field, mine, real)


def same(mine: object, real: object) -> bool:
    """Equal, where a component stands for what it builds or for its own shorter form."""
    if isinstance(mine, Component) and isinstance(real, Component):
        return (mine.kind, mine.type) == (real.kind, real.type) and all(
            same(mine.settings[name], value) for name, value in real.settings.items()
        )
    if isinstance(mine, Component):
        return build(mine) == real
    if isinstance(mine, list | tuple):
        mine, real = list(mine), list(real)
        return len(mine) == len(real) and all(map(same, mine, real))
    return mine == real


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_every_entry_survives_a_round_trip(kind, name):
    made = as_component(least(kind, name), kind)
    written = plain(made)
    if not isinstance(written, Mapping):  # the short forms
        assert written == (name if isinstance(written, str) else EXAMPLES["shape"][0])
        written = {"type": name} if isinstance(written, str) else least(kind, name)
    assert as_component(written, kind) == made


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_every_entry_and_setting_is_documented(kind, name):
    found = described(kind, name)
    assert found.__doc__
    fields = {f: field.description for f, field in found.model_fields.items() if f != "type"}
    assert [f for f, about in fields.items() if not about] == []


@pytest.mark.parametrize("kind", ["Units", "Model", "Contrast", "Rule", "Penalty", "Judge"])
def test_everything_that_needs_no_file_is_built(kind):
    for name in KINDS[kind]:
        large = "nets.architectures" in KINDS[kind][name]  # names and shapes are enough
        with torch.device("meta") if large else contextlib.nullcontext():
            made = build(as_component(least(kind, name), kind))
        real = constructor(kind, name)
        assert made is real or not inspect.isclass(real) or isinstance(made, real)


def test_the_sections_are_what_they_say():
    for name, place in {**SECTIONS, "Recipe": ROOT}.items():
        home, _, attribute = place.partition(":")
        real = getattr(importlib.import_module(home), attribute)
        assert attribute == name
        fields = model(place).model_fields
        assert set(fields) == set(inspect.signature(real).parameters)


def test_a_default_that_differs_would_be_found():
    assert not same(0.1, 0.2)
    assert not same(Component("Rule", "mean"), build(Component("Rule", "mode")))
    assert not same((1, 2), (1, 3))
    assert not same((1,), (1, 2))


def test_a_stage_of_every_kind_loads():
    base = {"data": {"source": "digits"}, "model": {"type": "rbm", "visible": 64, "hidden": 4}}
    labelled = {"type": "classification_rbm", "visible": 64, "hidden": 4, "classes": 10}
    special = {
        "discriminative": labelled,
        "count": {"type": "markov_chain", "vocabulary": 5},
        "kohonen": {"type": "kohonen", "inputs": 64, "rows": 3, "columns": 3},
        "ridge": {"type": "radial_basis", "units": [64, 8, 10]},
        "layerwise": {"type": "autoencoder", "units": [64, 8, 4]},
        "up_down": {"type": "belief_net", "units": [64, 8, 4]},
        "wake_sleep": {"type": "sigmoid_belief_net", "units": [64, 8, 4]},
    }
    for kind, section in STAGES.items():
        for name in KINDS[kind]:
            model = special.get(name, base["model"])
            given = least(kind, name)
            found = load({**base, "model": model, section: given})
            assert getattr(found, section).epochs == given.get("epochs", 1)  # some store at once


def test_only_classes_are_found_by_the_names_in_files():
    """A file that names a function gets nothing to call."""
    assert class_of("Model", "MLP").__name__ == "MLP"
    assert [class_of("Model", name) for name in ("rbm", "belief_net", "Nothing")] == [None] * 3
