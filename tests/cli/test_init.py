import pytest

from harmonium.describe import load
from harmonium.describe.starter import DATA, MODELS


def test_what_is_written_is_a_valid_recipe(harmonium, tmp_path):
    result = harmonium("init")
    assert (result.exit_code, result.stdout) == (0, "recipe.yaml\n")
    assert "harmonium validate recipe.yaml" in result.stderr
    assert load(tmp_path / "recipe.yaml").data.source.type == "image_folder"


NEITHER = ("convnet", "table")
"""A table has no pictures."""

PAIRS = [
    (model, data)
    for model in MODELS
    for data in DATA
    if (model != "regressor" or data in {"arrays", "table"}) and (model, data) != NEITHER
]


@pytest.mark.parametrize(("model", "data"), PAIRS)
def test_every_model_goes_with_every_data(harmonium, tmp_path, model, data):
    result = harmonium("init", "mine.yaml", "--model", model, "--data", data)
    assert result.exit_code == 0, result.output
    recipe = load(tmp_path / "mine.yaml")
    kind = {"convnet": "net", "regressor": "mlp"}.get(model, model)
    assert (recipe.model.type, recipe.data.source.type) == (kind, data)
    assert (tmp_path / "mine.yaml").read_text().startswith("# harmonium train mine.yaml\n")


def test_nothing_is_overwritten(refused, tmp_path):
    (tmp_path / "recipe.yaml").write_text("mine")
    assert "exists and is left as it is" in refused("init")
    assert (tmp_path / "recipe.yaml").read_text() == "mine"


def test_a_regressor_needs_data_with_targets(refused):
    assert "take arrays or table" in refused("init", "--model", "regressor")
    line = ("init", "--model", "convnet", "--data", "table")
    assert "take image_folder, arrays or digits" in refused(*line)


def test_a_wrong_name_gives_the_nearest(refused):
    assert "did you mean 'belief_net'" in refused("init", "--model", "belief-net")
    assert "no data 'pictures'" in refused("init", "--data", "pictures")
