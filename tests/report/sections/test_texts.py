"""The section of texts that were drawn."""

from harmonium.report.evidence import Evidence
from harmonium.report.page import Code
from harmonium.report.sections.texts import ENTRY, section
from harmonium.training import train
from tests.apply.texts import recipe, run


def seen():
    evidence = Evidence(run())
    evidence.read_data()
    return evidence


def test_texts_by_epoch_and_by_temperature():
    codes = [part for part in section(seen()).parts if isinstance(part, Code)]
    titles = [code.title for code in codes]
    assert titles[0] == "after epoch 1"
    assert "after epoch 15" in titles
    assert titles[-3:] == ["temperature 0.5", "temperature 0.8", "temperature 1"]
    assert "quick brown fox" in codes[-3].text
    assert codes[0].text != codes[-4].text


def test_other_data_have_no_such_section(evidence):
    assert ENTRY.section(evidence("classifier")) is None


def test_a_short_held_out_text_is_continued_from_all_of_it(tmp_path):
    (tmp_path / "short.txt").write_text("the fox")
    source = {**recipe()["data"]["source"], "test": str(tmp_path / "short.txt")}
    learn = {**recipe()["train"], "epochs": 1}
    evidence = Evidence(train(recipe(data={"source": source}, train=learn), output=tmp_path))
    evidence.read_data()
    parts = section(evidence).parts
    assert any("Continuations of 'the fox'" in part for part in parts if isinstance(part, str))
    assert parts[-1].text.startswith("the fox")
