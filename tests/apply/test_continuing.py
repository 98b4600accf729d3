"""Continuations of a prompt by a run."""

import pytest

from harmonium.apply import Trained, continuations, like_training, overview
from harmonium.apply.exporting import part_of
from harmonium.errors import HarmoniumError
from harmonium.sampling.picking import Pick
from tests.apply.learned import bits
from tests.apply.texts import data, run


def test_a_text_that_was_learned_by_heart():
    made = continuations(Trained(run()), "the quick", length=80, pick=Pick(0))
    assert made == [("the quick brown fox jumps over the lazy dog.\n" * 2)[:89]]


def test_seeds_and_numbers():
    used = Trained(run())
    one, two = continuations(used, "the", n=2, length=40, seed=1, pick=Pick(3.0))
    assert one != two
    assert [one, two] == continuations(used, "the", n=2, length=40, seed=1, pick=Pick(3.0))
    assert len(one) == 43


def test_what_cannot_be_continued():
    with pytest.raises(HarmoniumError, match="the prompt: 'T' at place 0"):
        continuations(Trained(run()), "The")
    with pytest.raises(HarmoniumError, match="the prompt is empty"):
        continuations(Trained(run()), "")
    with pytest.raises(HarmoniumError, match="predicts the next symbol of a text"):
        continuations(Trained(bits()), "a")


def test_what_runs_of_texts_refuse(tmp_path):
    (tmp_path / "new.txt").write_text("the dog\n")
    with pytest.raises(HarmoniumError, match=r"new.txt: the run learned from texts, and takes no"):
        like_training(Trained(run()), tmp_path / "new.txt")
    with pytest.raises(HarmoniumError, match="is not written as ONNX: write a .safetensors"):
        part_of(Trained(run()), "forward")


def test_the_overview_of_texts_has_no_mean_symbol():
    found = overview(data())["splits"]["train"]
    assert (found["range"], found["mean"]) == ((None, None), None)
