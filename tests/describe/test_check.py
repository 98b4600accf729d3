"""What must fit together. The rest of the table of wrong recipes is in test_load.py."""

import pytest

from harmonium.describe import RecipeError, load

BASE = {
    "data": {"source": "digits"},
    "model": {"type": "rbm", "visible": 64, "hidden": 8},
    "train": {"type": "energy", "epochs": 1},
}
TUNE = {"type": "classify", "epochs": 1}


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


def test_the_largest_seed_of_the_last_repeat():
    assert load({**BASE, "seed": 2**31 - 3, "repeats": 3}).repeats == 3
    with pytest.raises(RecipeError, match="with 3 repeats"):
        load({**BASE, "seed": 2**31 - 2, "repeats": 3})
