"""Names of stages and tasks as people read them."""

import pytest

from harmonium.report.words import stage_words, task_words


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("pretrain/0", ("pre-training", "layer 1")),
        ("train", ("training", "")),
        ("fine_tune", ("fine-tuning", "")),
        ("compare/random_start", ("fine-tuning", "random start")),
        ("judge", ("judge", "")),
        ("new_kind/with_part", ("new kind", "with part")),
    ],
)
def test_stages(stage, words):
    assert stage_words(stage) == words


def test_what_has_no_word_of_its_own_loses_its_underscores():
    assert task_words("deep_boltzmann_machine") == "deep boltzmann machine"
