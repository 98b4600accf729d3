"""The section of heads, of a run of two epochs."""

from harmonium.report.evidence import Evidence
from harmonium.report.sections.heads import section
from harmonium.training import train
from tests.apply import sequences


def test_heads_over_held_out_rows(tmp_path):
    own = {"type": "neural_turing_machine", "sources": 4, "targets": 4, "hidden": 6}
    recipe = {
        **sequences.recipe(tmp_path),
        "data": {"source": {"type": "copies", "rows": 30, "test": 4, "symbols": 4, "longest": 3,
                            "test_length": 5}},
        "model": {**own, "memory": [8, 4], "longest": 7},
    }  # fmt: skip
    recipe["train"] |= {"epochs": 2}
    evidence = Evidence(train(recipe, output=tmp_path / "runs"))
    evidence.read_data()
    words, *pictures = section(evidence).parts
    assert "the mark of the end" in words
    assert len(pictures) == 2
    assert "while the net reads 5 symbols and writes" in pictures[0].alt


def test_other_models_have_none():
    evidence = Evidence(sequences.run())
    evidence.read_data()
    assert section(evidence) is None
