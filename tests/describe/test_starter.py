"""Recipes to start from."""

import pytest

from harmonium.describe import load
from harmonium.describe.read import parse
from harmonium.describe.starter import DATA, MODELS, starter


@pytest.mark.parametrize("model", [*MODELS])
@pytest.mark.parametrize("data", [*DATA])
def test_every_starter_loads(model, data):
    text = starter(model=model, data=data, file="mine.yaml")
    recipe = load(parse(text).value)
    assert recipe.model.type == model
    assert recipe.data.source.type == data
    assert text.startswith("# harmonium train mine.yaml\n")
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("given", "said"), [({"model": "rmb"}, "'rbm'"), ({"data": "tabel"}, "'table'")]
)
def test_the_nearest_name_is_given(given, said):
    with pytest.raises(ValueError, match=f"did you mean {said}"):
        starter(**given)
