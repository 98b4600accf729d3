"""Names of stages and tasks as people read them."""

import pytest

from harmonium.runs.words import stage_name, stage_words, task_words


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("pretrain/0", ("pre-training", "layer 1")),
        ("train", ("training", "")),
        ("greedy/0", ("pre-training", "layer 1")),
        ("greedy-2/1", ("pre-training 2", "layer 2")),
        ("fine_tune", ("fine-tuning", "")),
        ("compare/random_start", ("fine-tuning", "same net, random start")),
        ("judge", ("evaluation", "")),
        ("new_kind/with_part", ("new kind", "with part")),
    ],
)
def test_stages(stage, words):
    assert stage_words(stage) == words


@pytest.mark.parametrize(
    ("stage", "name"),
    [
        ("pretrain/0", "pre-training of layer 1"),
        ("train", "training"),
        ("fine_tune", "fine-tuning"),
        ("compare/random_start", "comparison with same net, random start"),
        ("judge", "evaluation"),
        ("report", "writing the report"),
    ],
)
def test_a_stage_by_itself(stage, name):
    assert stage_name(stage) == name


def test_what_has_no_word_of_its_own_loses_its_underscores():
    assert task_words("deep_boltzmann_machine") == "deep boltzmann machine"
