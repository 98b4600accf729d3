"""Problems in words."""

import pickle

import pytest

from harmonium.describe.problems import Problem, RecipeError, dotted, nearest, shown


def test_a_problem_leaves_out_what_it_does_not_know():
    assert str(Problem("a.yaml:3", "train.epochs", "is 0")) == "a.yaml:3: train.epochs: is 0"
    assert str(Problem("", "train.epochs", "is 0")) == "train.epochs: is 0"
    assert str(Problem("a.yaml", "", "is empty")) == "a.yaml: is empty"


def test_the_error_has_a_line_per_problem_and_survives_a_process():
    error = RecipeError([Problem("a", "b", "c"), Problem("d", "e", "f")])
    assert str(error) == "a: b: c\nd: e: f"
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_paths_are_dotted():
    assert dotted(("pretrain", "layers", 1, "epochs")) == "pretrain.layers.1.epochs"


@pytest.mark.parametrize(
    ("name", "right", "said"),
    [
        ("Epochs", ["epochs", "layers"], "did you mean 'epochs'"),
        ("zzz", ["epochs", "layers"], "there are: epochs, layers"),
        ("zzz", [], "none to choose"),
    ],
)
def test_the_nearest_name(name, right, said):
    assert said in nearest(name, right)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (False, "false"),
        (3, "3"),
        (2.5, "2.5"),
        ("a", "'a' (text)"),
        ("a" * 100, "text of 100 characters"),
        ({"a": 1}, "a mapping"),
        ((1, 2), "a list of 2"),
        pytest.param(10**5000, "a number of 4983 digits", id="huge"),
        (object(), "object"),
    ],
)
def test_values_are_shown_short(value, words):
    assert shown(value) == words
