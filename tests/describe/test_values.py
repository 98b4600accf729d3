"""Values of a recipe and what a file would contain."""

from pathlib import Path

from harmonium.describe.component import Component
from harmonium.describe.models import model
from harmonium.describe.settings import EarlyStopping
from harmonium.describe.values import from_model, plain
from harmonium.registry import KINDS
from harmonium.stages.greedy import Greedy


def test_a_model_becomes_a_component():
    made = model(KINDS["Contrast"]["cd"], "Contrast", name="cd")
    value = from_model(made.model_validate({"type": "cd", "reconstruct": "mean"}))
    assert value == Component(
        "Contrast", "cd", {"steps": 1, "reconstruct": Component("Rule", "mean")}
    )


def test_a_stage_becomes_its_dataclass_with_only_the_overrides_given():
    made = model(KINDS["Pretraining"]["greedy"], "Pretraining", name="greedy")
    value = from_model(
        made.model_validate({"type": "greedy", "epochs": 3, "layers": [{}, {"centring": None}]})
    )
    assert isinstance(value, Greedy)
    assert value.layers == ({}, {"centring": None})


def test_short_forms():
    units = [Component("Units", "bernoulli", {"shape": (n,), "tied": ()}) for n in (3, 4)]
    assert plain(units) == [3, 4]
    tied = Component("Units", "bernoulli", {"shape": (3,), "tied": (0,)})
    assert plain(tied) == {"type": "bernoulli", "shape": [3], "tied": [0]}
    assert plain(Component("Rule", "mean")) == "mean"


def test_paths_become_text_and_dataclasses_mappings():
    assert plain(Component("Reader", "arrays", {"train": Path("a/b")})) == {
        "type": "arrays",
        "train": str(Path("a/b")),
    }
    assert plain(EarlyStopping("val/error"))["monitor"] == "val/error"
    assert plain(Greedy(epochs=2))["type"] == "greedy"
