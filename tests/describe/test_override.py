"""key.sub=value."""

import pytest

from harmonium.describe import RecipeError, load
from harmonium.describe.override import override
from harmonium.describe.read import Document

BASE = {
    "data": {"source": "digits"},
    "model": {"type": "belief_net", "units": [64, 32, 16]},
    "pretrain": {"type": "greedy", "epochs": 2, "contrast": "cd", "layers": [{}, {}]},
}


def test_values_are_yaml_and_an_index_selects():
    changed = load(
        BASE,
        [
            "pretrain.layers.1.epochs=7",
            "seed=null",
            "name='12'",
            "model.units=[64, 9, 8]",
            "repeats=3",
        ],
    )
    assert changed.pretrain.layers[1] == {"epochs": 7}
    assert changed.seed is None
    assert (changed.name, changed.repeats) == ("12", 3)
    assert [u.settings["shape"] for u in changed.model.settings["units"]] == [(64,), (9,), (8,)]


def test_below_a_setting_that_is_not_given_the_default_changes():
    changed = load(BASE, ["pretrain.optimiser.lr=0.5", "checkpoint.keep=3"])
    assert changed.pretrain.optimiser.settings["lr"] == 0.5
    assert changed.pretrain.optimiser.settings["momentum"] == 0.5
    assert changed.checkpoint.keep == 3


def test_below_a_bare_type_its_settings_are_set():
    assert load(BASE, ["pretrain.contrast.steps=4"]).pretrain.contrast.settings["steps"] == 4


def test_an_empty_value_is_null():
    assert load(BASE, ["seed="]).seed is None


def test_the_last_of_two_wins_and_the_recipe_given_stays_as_it_was():
    document = Document({"seed": 1})
    assert override(document, ["seed=2", "seed=3"]).value == {"seed": 3}
    assert document.value == {"seed": 1}


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("seed", "write key.sub=value"),
        ("=1", "write key.sub=value"),
        ("a..b=1", "write key.sub=value"),
        ("pretrain.layers.2.epochs=1", "list of 2: '2' is no index from 0 to 1"),
        ("pretrain.layers.x.epochs=1", "'x' is no index"),
        ("pretrain.layers.-1.epochs=1", "'-1' is no index"),
        ("pretrain.epochs.x=1", "pretrain.epochs is 2 and has nothing inside"),
        ("seed=[1", "is not YAML"),
        ("seed=!!python/name:os.system", "recipes use none"),
        ("sed=1", "did you mean 'seed'?"),
        ("pretain.epochs=1", "did you mean 'pretrain'?"),
        ("pretrain.epochs=0", "at least 1 is needed"),
        ("compare.0=pca", "compare is an empty list: '0' is no index in it; give the whole list"),
        ("train.epochs=3", "has no type; add one of: adversarial, associate"),
    ],
)
def test_a_wrong_one_is_quoted(assignment, said):
    with pytest.raises(RecipeError) as refused:
        load(BASE, [assignment])
    problem = refused.value.problems[0]
    assert said in problem.message
    assert problem.where == f"override {assignment!r}"
