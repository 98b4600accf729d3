"""Errors of pydantic in the words of a recipe."""

import pytest
from pydantic import ValidationError

from harmonium.describe.models import model
from harmonium.describe.read import parse
from harmonium.describe.wording import problems
from harmonium.registry import ROOT


def said(text):
    document = parse(text, "f.yaml")
    with pytest.raises(ValidationError) as refused:
        model(ROOT).model_validate(document.value)
    return [str(problem) for problem in problems(refused.value, document)]


def test_paths_have_no_tags_and_lines_are_those_of_the_keys():
    text = """\
data: {source: digits}
model:
  type: rbm
  visible: {type: gaussian, shape: [3, 0]}
  hidden: -4
"""
    assert said(text) == [
        "f.yaml:4: model.visible.shape.1: is 0; at least 1 is needed",
        "f.yaml:5: model.hidden: is -4; at least 1 is needed",
    ]


def test_a_key_that_is_named_like_its_type_keeps_its_path():
    text = "data: {source: {type: mnist, mnist: 3}}\nmodel: {type: rbm, visible: 1, hidden: 1}"
    assert said(text) == [
        "f.yaml:1: data.source.mnist: is not a setting here; there are: directory",
    ]


def test_missing_settings_are_named_where_they_should_stand():
    assert said("version: 1") == [
        "f.yaml:1: data: is missing (where the rows come from): add it",
        "f.yaml:1: model: is missing (the machine): add it",
    ]


def test_of_a_choice_the_nearest_name_or_all_names_are_given():
    text = """\
data: {source: digits}
model: {type: autoencoder, units: [64, 9], code: gausian, outputs: {type: mixed}}
train: {type: reconstruction, epochs: 1}
"""
    assert sorted(said(text)) == [
        "f.yaml:2: model.code: is 'gausian' (text); one of activation, linear or a Code (its "
        "type, or a mapping with it) is needed; did you mean 'gaussian'?",
        "f.yaml:2: model.outputs: is a mapping; needed: one of probabilities, values, gaussian, "
        "shares, mixed",
    ]


def test_of_a_union_only_the_member_that_was_meant_complains():
    text = """\
data: {source: digits}
model: {type: rbm, visible: 1, hidden: 1}
seed: [1]
train: {type: energy, epochs: 1, centring: fast, optimiser: {type: adam, betas: [0.5, a]}}
"""
    assert said(text) == [
        "f.yaml:4: train.optimiser.betas.1: is 'a' (text); a number is needed",
        "f.yaml:4: train.centring: is 'fast' (text); a number is needed",
        "f.yaml:3: seed: is a list of 1; a whole number is needed",
    ] or sorted(said(text)) == [
        "f.yaml:3: seed: is a list of 1; a whole number is needed",
        "f.yaml:4: train.centring: is 'fast' (text); a number is needed",
        "f.yaml:4: train.optimiser.betas.1: is 'a' (text); a number is needed",
    ]
