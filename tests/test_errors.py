"""One family of errors, which stay the built-in errors that callers know."""

import pickle

import pytest

from harmonium import errors
from harmonium.describe import RecipeError
from harmonium.errors import HarmoniumError
from harmonium.learning.ranks import RankError
from harmonium.runs import Locked


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.UsageError, ValueError),
        (errors.UsageTypeError, TypeError),
        (errors.DataError, ValueError),
        (errors.RunError, ValueError),
        (errors.DivergenceError, FloatingPointError),
        (RecipeError, ValueError),
        (Locked, RuntimeError),
        (RankError, ConnectionError),
    ],
)
def test_every_kind_is_one_of_the_family_and_a_builtin(kind, builtin):
    assert issubclass(kind, HarmoniumError)
    assert issubclass(kind, builtin)


def test_an_error_crosses_processes():
    error = pickle.loads(pickle.dumps(errors.DataError("x.csv, line 3: no number")))
    assert type(error) is errors.DataError
    assert str(error) == "x.csv, line 3: no number"


def test_the_family_is_public():
    import harmonium

    assert harmonium.HarmoniumError is HarmoniumError
