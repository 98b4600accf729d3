"""Names of earlier versions, and verbs that make no sense, are refused with the remedy."""

import inspect

import pytest
from sklearn.base import clone

from harmonium import MLPClassifier, MLPRegressor


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize(("old", "new"), [("n_epochs", "max_iter"), ("patience", "n_iter_no_c")])
def test_an_old_name_names_the_new_one(kind, old, new):
    with pytest.raises(TypeError, match=f"{kind.__name__}: {old} is now {new}"):
        kind(**{old: 3})


def test_a_number_as_schedule_names_the_argument_for_rates():
    with pytest.raises(TypeError, match="give learning_rate_init=0.1"):
        MLPClassifier(learning_rate=0.1).fit([[0.0], [1.0]], [0, 1])


def test_an_unknown_name_is_refused_as_python_does():
    with pytest.raises(TypeError, match="unexpected keyword argument 'layers'"):
        MLPClassifier(layers=3)


def test_the_signature_is_that_of_the_constructor():
    assert "max_iter" in inspect.signature(MLPClassifier).parameters
    assert clone(MLPClassifier(max_iter=7)).max_iter == 7


@pytest.mark.parametrize(
    "settings", [{"dropout": 0.5}, {"max_norm": 1.0}, {"early_stopping": True}]
)
def test_lbfgs_refuses_what_is_no_function_of_all_rows(settings):
    (name,) = settings
    with pytest.raises(ValueError, match=f"without {name}: leave it out"):
        MLPClassifier(solver="lbfgs", **settings).fit([[0.0], [1.0]], [0, 1])
