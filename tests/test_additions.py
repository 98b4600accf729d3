"""An addition costs one file and one line of a registry: recipes, files and reports follow."""

import pytest
import torch

import harmonium as hm
from harmonium import exact, registry
from harmonium.apply import encode, evaluate, predict
from harmonium.data import DataSet, digits_set
from harmonium.describe import RecipeError, load, models, signature
from harmonium.report import run_page
from tests.additions import leaning
from tests.additions.steps import Steps, steps
from tests.additions.ternary import Ternary

LINES = {
    "Reader": {"steps": "tests.additions.steps:steps"},
    "Units": {"ternary": "tests.additions.ternary:Ternary"},
    "Model": {
        "cosine": "tests.additions.cosine:Cosine",
        "patches": "tests.additions.patches:Patches",
        "twins": "tests.additions.twins:twins",
    },
    "Net": {
        "answers": "tests.additions.patches:Patches",
        "cosine": "tests.additions.cosine:Cosine",
    },
    "Code": {"rounded": "tests.additions.rounded:Rounded"},
    "CodePenalty": {"far": "tests.additions.far:Far"},
    "Objective": {"hinge": "tests.additions.hinge:Hinge"},
    "Stage": {"polish": "tests.additions.polish:Polish"},
    "Judge": {"margin": "tests.additions.margin:Margin"},
}
NET = {
    "name": "net",
    "data": {"source": "steps"},
    "model": {"type": "cosine", "inputs": 4, "classes": 2},
    "stages": [{"type": "polish", "epochs": 60, "rate": 0.1, "objective": "hinge"}],
    "judge": ["accuracy", "margin"],
}
PICTURES = {
    "name": "pictures",
    "data": {"source": "digits", "validation": 0.2},
    "model": {"type": "patches", "shape": [1, 8, 8], "filters": 8, "classes": 10},
    "stages": [
        {
            "type": "supervised",
            "epochs": 8,
            "batch_size": 50,
            "optimiser": {"type": "adam", "lr": 0.01},
            "noise": {"type": "corrupt", "share": 0.1},
            "early_stopping": {"monitor": "val/error", "patience": 8},
        }
    ],
    "judge": ["accuracy"],
}
CODEC = {
    "name": "codec",
    "data": {"source": "digits", "validation": 0.2},
    "model": {
        "type": "codec",
        "encoder": {"type": "answers", "shape": [1, 8, 8], "filters": 4, "classes": 6},
        "decoder": {"type": "mlp", "units": [6, 64]},
        "code": {"type": "rounded", "step": 0.25},
    },
    "train": {
        "type": "reconstruction",
        "epochs": 12,
        "batch_size": 50,
        "optimiser": {"type": "adam", "lr": 0.01},
        "penalties": [{"type": "far", "strength": 1e-4}],
    },
    "judge": ["reconstruction"],
}
MACHINE = {
    "name": "machine",
    "data": {"source": "steps"},
    "model": {
        "type": "twins",
        "visible": {"type": "ternary", "shape": [4]},
        "hidden": {"type": "ternary", "shape": [4]},
    },
    "train": {"type": "energy", "epochs": 5, "batch_size": 20},
    "judge": ["likelihood"],
}


def forget():
    """Signatures and models that were read of the registry as it is."""
    for cached in (models.model, models.component, models.schema, signature.read):
        cached.cache_clear()


@pytest.fixture(autouse=True)
def added(monkeypatch):
    """The lines."""
    for kind, lines in LINES.items():
        for name, place in lines.items():
            monkeypatch.setitem(registry.KINDS[kind], name, place)
    monkeypatch.setitem(registry.CONNECTIONS, "paired", "tests.additions.paired:Paired")
    monkeypatch.setattr(run_page, "SECTIONS", (leaning.ENTRY, *run_page.SECTIONS))
    forget()
    yield
    forget()


def test_a_recipe_names_them_and_says_what_is_wrong_with_them():
    recipe = load(NET)
    assert recipe.stages[0].objective.type == "hinge"
    with pytest.raises(RecipeError, match="model.inputs: is -1"):
        load({**NET, "model": {**NET["model"], "inputs": -1}})
    with pytest.raises(RecipeError, match="did you mean 'hinge'"):
        load({**NET, "stages": [{**NET["stages"][0], "objective": "hing"}]})


def test_a_kind_of_column_checks_and_shapes_its_values():
    data = steps()
    assert isinstance(data, DataSet)
    assert isinstance(data.columns["x"], Steps)
    assert data.train.batch(torch.arange(3))["x"].shape == (3, 4)
    with pytest.raises(ValueError, match="none of -1, 0, 1"):
        DataSet("wrong", data.train.with_columns(x=data.train.x / 2), columns=data.columns)


@pytest.mark.filterwarnings("ignore:.*are also training rows")
def test_a_net_an_objective_a_stage_and_a_judge_make_a_run(tmp_path):
    run = hm.train(NET, output=tmp_path)
    scores = run.results["trials"][0]["methods"]["cosine"]
    assert scores["accuracy"] > 0.85  # half of the rows are of either class
    assert scores["margin"] > 0
    again = run.machine()  # from its file
    data = steps()
    with torch.no_grad():
        right = again(data.test.x).argmax(1).eq(data.test.labels).double().mean()
    assert float(right) == scores["accuracy"]
    page = (run.path / "report.html").read_text()
    assert ">Leaning<" in page
    assert "<td>test margin</td>" in page or ">test margin<" in page


def test_a_net_reads_pictures_in_their_shape_for_every_verb(tmp_path):
    run = hm.train(PICTURES, output=tmp_path)
    accuracy = run.results["trials"][0]["methods"]["patches"]["accuracy"]
    assert accuracy > 0.93
    test = digits_set().test
    names, probabilities = predict(run, test)
    assert (names.astype(int) == test.labels.numpy()).mean() == pytest.approx(accuracy)
    assert probabilities.shape == (500, 10)
    assert encode(run, test).shape == (500, 8 * 6 * 6)
    assert evaluate(run, digits_set())["accuracy"] == pytest.approx(accuracy)
    page = (run.path / "report.html").read_text()
    assert ">Right and wrong<" in page
    assert ">Hidden activity<" in page


def test_a_net_in_a_codec_a_code_and_a_penalty_make_a_run(tmp_path):
    run = hm.train(CODEC, output=tmp_path)
    found = run.results["trials"][0]["methods"]["codec"]["reconstruction_error"]
    again = run.machine()  # from its file
    test = digits_set().test
    rows = test.batch(slice(None))["x"]
    assert rows.shape == (500, 1, 8, 8)
    with torch.no_grad():
        error = (again.reconstruct(rows) - rows.flatten(1)).square().mean()
    assert float(error) == pytest.approx(found, abs=1e-6)
    assert found < 0.6 * float((test.x - test.x.mean(0)).square().mean())
    codes = encode(run, test)
    assert set(map(float, codes.flatten() * 4 % 1)) == {0.0}
    first = run.metrics()[0]
    assert first["train/cost"] > first["val/bernoulli"] - 5
    assert ">Restored rows<" in (run.path / "report.html").read_text()


def test_a_net_of_pictures_says_which_shape_it_needs(tmp_path):
    wide = {**PICTURES, "model": {**PICTURES["model"], "shape": [1, 4, 16]}}
    with pytest.raises(ValueError, match=r"shape \(1, 8, 8\), but the net reads \(1, 4, 16\)"):
        hm.train(wide, output=tmp_path)


@pytest.mark.filterwarnings("ignore:.*are also training rows")
def test_units_a_connection_and_a_machine_make_a_run(tmp_path):
    run = hm.train(MACHINE, output=tmp_path)
    graph = run.machine()
    assert isinstance(graph.units["v"], Ternary)
    x = steps().test.x
    with torch.no_grad():
        expected = float(exact.log_prob(graph, {"v": x}).mean())
    found = run.results["trials"][0]["methods"]["twins"]["log_likelihood"]
    assert found == pytest.approx(expected, abs=1e-4)


def test_without_its_line_nothing_is_known(monkeypatch):
    monkeypatch.delitem(registry.KINDS["Model"], "cosine")
    forget()
    with pytest.raises(RecipeError, match="cosine"):
        load(NET)
