"""Suggestions: the right line of the guide, and recipes that validate and train."""

import json
import sys

import pytest

from harmonium.describe import load
from harmonium.describe.guide import GUIDE
from harmonium.describe.starter_data import DATA
from harmonium.describe.starter_models import MODELS
from tests.describe.small_data import write

UNLABELLED = {"patterns"}
"""Tasks of data without labels."""

CELLS = [
    (task, net, kind)
    for task, line in GUIDE.items()
    for net in line.nets
    for kind in line.data
    if DATA[kind].facts.holds in MODELS[net].parts and (net, kind) != ("regressor", "image_folder")
]
TRAINED = [*{cell[1:]: cell for cell in CELLS}.values()]
"""Every net with every kind of data once."""


def suggested(harmonium, tmp_path, task, net, kind):
    real = net == "regressor"
    path = write(kind, tmp_path, labelled=task not in UNLABELLED, target=real)
    column = {"table": "price", "arrays": "true"}[kind] if real else None
    options = ["--target", column] if real else []
    line = ["suggest", path.name, "--task", task, "--data-kind", kind, "--net", net, *options]
    result = harmonium(*line)
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.parametrize(("task", "net", "kind"), CELLS)
def test_every_suggestion_validates(harmonium, tmp_path, task, net, kind):
    result = suggested(harmonium, tmp_path, task, net, kind)
    assert GUIDE[task].nets[net] in result.stdout
    assert harmonium("validate", "recipe.yaml").stdout == "recipe.yaml: valid\n"
    assert (tmp_path / "recipe.yaml").read_text().startswith("# harmonium train recipe.yaml\n")


@pytest.mark.parametrize(("task", "net", "kind"), TRAINED)
def test_every_suggestion_trains_in_miniature(harmonium, tmp_path, monkeypatch, task, net, kind):
    monkeypatch.setattr("harmonium.report.write_run", lambda *_, **__: None)
    suggested(harmonium, tmp_path, task, net, kind)
    result = harmonium("train", "recipe.yaml", "--fast-dev-run", "threads=1")
    assert result.exit_code == 0, result.output
    (status,) = tmp_path.glob("runs/*/*/status.json")
    assert json.loads(status.read_text())["status"] == "done"


@pytest.mark.parametrize(
    ("kind", "labelled", "task", "nets"),
    [
        ("image_folder", True, "images", ["convnet", "belief_net"]),
        ("image_folder", False, "patterns", ["rbm", "autoencoder"]),
        ("table", True, "classification", ["mlp", "belief_net"]),
        ("table", False, "patterns", ["rbm", "autoencoder"]),
        ("arrays", True, "images", ["convnet", "belief_net"]),
        ("fasta", False, "patterns", ["rbm"]),
        ("text", True, "text", ["language"]),
        ("characters", True, "characters", ["language"]),
        ("trees", True, "text", ["rntn"]),
        ("series", True, "series", ["recurrent"]),
    ],
)
def test_the_data_decide_the_line_of_the_guide(harmonium, tmp_path, kind, labelled, task, nets):
    path = write(kind, tmp_path, labelled=labelled)
    found = json.loads(harmonium("suggest", path.name, "--json").stdout)
    assert found["task"] == task
    assert [net["net"] for net in found["nets"] if net["unsuited"] is None] == nets
    assert found["recipe"] == "recipe.yaml"
    assert found["net"] == nets[0]


def test_a_target_asks_for_a_regressor(harmonium, tmp_path):
    write("table", tmp_path, target=True)
    found = json.loads(harmonium("suggest", "table.csv", "--target", "price", "--json").stdout)
    assert (found["task"], found["net"]) == ("classification", "regressor")


def test_the_recipe_fits_the_data(harmonium, tmp_path):
    write("image_folder", tmp_path)
    assert harmonium("suggest", "images", "-o", "mine.yaml").exit_code == 0
    recipe = load(tmp_path / "mine.yaml")
    assert recipe.model.settings["shape"] == (1, 8, 8)
    assert recipe.model.settings["layers"][-1].settings["out_features"] == 2


def test_paths_are_relative_to_the_recipe(harmonium, tmp_path):
    write("table", tmp_path)
    (tmp_path / "inner").mkdir()
    assert harmonium("suggest", "table.csv", "-o", "inner/mine.yaml").exit_code == 0
    source = load(tmp_path / "inner" / "mine.yaml").data.source
    assert (tmp_path / "inner" / source.settings["train"]).resolve() == tmp_path / "table.csv"


def test_a_known_set_is_named(harmonium, tmp_path):
    assert harmonium("suggest", "digits", "--net", "belief_net").exit_code == 0
    assert load(tmp_path / "recipe.yaml").data.source.type == "digits"


def test_answers_alone_give_a_recipe(harmonium, tmp_path):
    for task, line in GUIDE.items():
        result = harmonium("suggest", "--task", task, "-o", f"{task}.yaml")
        assert result.exit_code == 0, result.output
        assert "put your data where the recipe expects them" in result.stderr
        assert load(tmp_path / f"{task}.yaml").data.source.type == line.data[0]


def test_on_a_terminal_it_asks(harmonium, tmp_path, monkeypatch):
    monkeypatch.setattr("harmonium.cli.suggest.on_terminal", lambda: True)
    result = harmonium("suggest", input="\n4\n2\n")  # no data yet, images, arrays
    assert result.exit_code == 0, result.output
    recipe = load(tmp_path / "recipe.yaml")
    assert (recipe.model.type, recipe.data.source.type) == ("net", "arrays")


def test_elsewhere_it_says_what_to_give(refused):
    said = refused("suggest")
    assert "tasks are patterns, text, characters" in said
    assert "kinds of data are arrays, characters" in said
    assert not sys.stdin.isatty()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--task", "image"], "did you mean 'images'"),
        (["--data-kind", "tabel"], "did you mean 'table'"),
        (["digit"], "did you mean 'digits'"),
        (["table.csv", "--task", "speech", "--data-kind", "table"], "which recurrent does not"),
        (["table.csv", "--task", "images"], "the task images is for image_folder or arrays"),
        (["table.csv", "--net", "rbm"], "no net 'rbm': take mlp or belief_net"),
        (["table.csv", "--net", "regressor"], "have no real targets"),
    ],
)
def test_what_does_not_go_together_is_refused(refused, tmp_path, options, said):
    write("table", tmp_path)
    assert said in refused("suggest", *options)
    assert not (tmp_path / "recipe.yaml").exists()


def test_nothing_is_overwritten(refused, tmp_path):
    (tmp_path / "recipe.yaml").write_text("mine")
    assert "exists and is left as it is" in refused("suggest", "--task", "images")
    assert (tmp_path / "recipe.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("sequences", "alphabet", "letters"),
    [
        (["ACGT", "A.-t"], "dna", 5),
        (["ACGU", "AAAA"], "rna", 5),
        (["ACDE", "AC-E"], "protein", 21),
    ],
)
def test_letters_of_sequences_choose_the_alphabet(
    harmonium, tmp_path, sequences, alphabet, letters
):
    text = "".join(f">s{k}\n{line}\n" for k, line in enumerate(sequences))
    (tmp_path / "family.afa").write_text(text)
    assert harmonium("suggest", "family.afa").exit_code == 0
    recipe = load(tmp_path / "recipe.yaml")
    assert recipe.data.source.settings["alphabet"] == alphabet
    assert recipe.model.settings["visible"].settings["shape"] == (4, letters)


def test_amino_acids_that_are_not_sure_are_gaps(harmonium, tmp_path):
    (tmp_path / "family.fa").write_text(">one\nACXE\n>two\nACDE\n")
    assert harmonium("suggest", "family.fa").exit_code == 0
    assert load(tmp_path / "recipe.yaml").data.source.settings["unknown"] == "gap"


def test_a_letter_that_no_alphabet_has_is_named(harmonium, tmp_path):
    (tmp_path / "family.fasta").write_text(">one\nAC?E\n>two\nACDE\n")
    result = harmonium("suggest", "family.fasta")
    assert result.exit_code == 2
    assert "family.fasta" in result.stderr
    assert "letters ? are not in" in result.stderr
    assert not (tmp_path / "recipe.yaml").exists()
