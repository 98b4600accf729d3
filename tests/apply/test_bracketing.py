"""A run that reads trees: predictions in brackets, tables, refusals, and its report."""

import pytest
from typer.testing import CliRunner

from harmonium import apply, train
from harmonium.apply.bracketing import bracketed
from harmonium.apply.lines import write_lines
from harmonium.cli.app import app
from harmonium.errors import DataError
from harmonium.report.evidence import Evidence
from harmonium.report.sections.trees import section
from harmonium.runs import Run
from tests.estimators.test_tree_classifier import reviews

RECIPE = {
    "name": "reviews",
    "seed": 0,
    "model": {"type": "rntn", "words": 20, "hidden": 6, "classes": 3, "longest": 8},
    "train": {
        "type": "supervised",
        "objective": "node_cross_entropy",
        "epochs": 40,
        "batch_size": 10,
        "optimiser": {"type": "adam", "lr": 0.02},
    },
    "judge": ["accuracy", "sentiment"],
}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("trees")
    test = ["(2 (2 good) (1 Story))", "(0 bad)", "(1 plot)"]
    for part, rows in {"train": [*reviews(), "(1 film)"], "test": test}.items():
        (folder / f"{part}.txt").write_text("\n".join(rows) + "\n")
    source = {
        "type": "trees",
        "train": str(folder / "train.txt"),
        "test": str(folder / "test.txt"),
        "longest": 8,
    }
    return train({**RECIPE, "data": {"source": source}}, output=folder / "runs")


def test_the_judges_agree_that_it_has_learned(run):
    found = run.results["trials"][0]["methods"]["rntn"]
    assert found["accuracy"] == found["node_accuracy"] == found["binary_accuracy"] == 1.0


def test_every_node_gets_a_class_and_words_stay_as_they_are(run, tmp_path):
    (tmp_path / "in.txt").write_text("(? (? (? not) (? great)) (? zorkmid))\n(? dull)\n")
    used = apply.Trained(run)
    rows = apply.rows_of(used, tmp_path / "in.txt")
    first, second = bracketed(used, rows)
    assert str(second) == "(0 dull)"
    assert first.sentence == "not great zorkmid"
    assert first.labels[:3] == ("1", "2", "0")
    assert write_lines(tmp_path / "out.txt", used, split=rows) == 2
    assert (tmp_path / "out.txt").read_text() == f"{first}\n(0 dull)\n"


def test_the_verb_predicts_from_brackets(run, tmp_path):
    (tmp_path / "in.txt").write_text("(? (? not) (? great))\n(? great)\n")
    for name in ("out.csv", "out.txt"):
        words = ["predict", run.path, "--input", tmp_path / "in.txt", "-o", tmp_path / name]
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == 0, result.output
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0] == "name,label,0,1,2"
    assert [line.split(",")[:2] for line in lines[1:]] == [["not great", "0"], ["great", "2"]]
    assert (tmp_path / "out.txt").read_text() == "(0 (1 not) (2 great))\n(2 great)\n"


def test_lines_that_do_not_fit_are_refused_with_their_place(run, tmp_path):
    used = apply.Trained(run)
    (tmp_path / "open.txt").write_text("(? good)\n(? (? not) (? great)\n")
    with pytest.raises(DataError, match=r"open\.txt, line 2, column 1: .* not closed"):
        apply.rows_of(used, tmp_path / "open.txt")
    long = "(? good)"
    for _ in range(8):
        long = f"(? {long} (? film))"
    (tmp_path / "long.txt").write_text(long)
    with pytest.raises(DataError, match="9 words, and a tree may have 8"):
        apply.rows_of(used, tmp_path / "long.txt")


def test_the_report_draws_trees_with_their_classes(run):
    evidence = Evidence(run)
    evidence.read_data()
    made = section(evidence)
    assert made.title == "Trees"
    assert [part.alt for part in made.parts[:3]] == [
        "'good story': class 2, and 3 of 3 nodes are right",
        "'bad': class 0, and 1 of 1 nodes are right",
        "'plot': class 1, and 1 of 1 nodes are right",
    ]
