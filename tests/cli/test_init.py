import pytest

from harmonium.describe import load
from harmonium.describe.starter import MODELS, unsuited
from harmonium.describe.starter_data import DATA, source_of


def test_what_is_written_is_a_valid_recipe(harmonium, tmp_path):
    result = harmonium("init")
    assert (result.exit_code, result.stdout) == (0, "recipe.yaml\n")
    assert "harmonium validate recipe.yaml" in result.stderr
    assert load(tmp_path / "recipe.yaml").data.source.type == "image_folder"


PAIRS = [
    (model, data)
    for model in MODELS
    for data in (*DATA, "digits")
    if unsuited(model, data, facts=source_of(data).facts) is None
]


def kinds(model):
    """Types of the models of a starter that are not its name."""
    return {
        "convnet": ("net",),
        "rbm": ("replicated_softmax",),
        "recurrent": ("recurrent_temporal_rbm",),
        "regressor": ("mlp",),
    }.get(model, ())


@pytest.mark.parametrize(("model", "data"), PAIRS)
def test_every_model_goes_with_every_data(harmonium, tmp_path, model, data):
    result = harmonium("init", "mine.yaml", "--model", model, "--data", data)
    assert result.exit_code == 0, result.output
    recipe = load(tmp_path / "mine.yaml")
    assert recipe.data.source.type == data
    assert recipe.model.type in {*kinds(model), model}
    assert (tmp_path / "mine.yaml").read_text().startswith("# harmonium train mine.yaml\n")


def test_nothing_is_overwritten(refused, tmp_path):
    (tmp_path / "recipe.yaml").write_text("mine")
    assert "exists and is left as it is" in refused("init")
    assert (tmp_path / "recipe.yaml").read_text() == "mine"


def test_a_regressor_needs_data_with_targets(refused):
    assert "take arrays or table" in refused("init", "--model", "regressor")
    line = ("init", "--model", "convnet", "--data", "table")
    assert "take arrays or image_folder" in refused(*line)


def test_a_wrong_name_gives_the_nearest(refused):
    assert "did you mean 'belief_net'" in refused("init", "--model", "belief-net")
    assert "no data 'pictures'" in refused("init", "--data", "pictures")
