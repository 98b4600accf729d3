"""Pictures inferred from words and words from pictures, as a section of a report."""

import pytest
import torch

from harmonium.data import DataSet, Joined, Numbers, Picture, Split
from harmonium.report.evidence import Evidence
from harmonium.report.sections import modalities


class Copying:
    """A model in which word k is on if and only if pixel k is."""

    def parameters(self):
        return iter([torch.zeros(1)])

    def infer(self, batch, *, like=None, sweeps=0, source=None):
        x = batch["x"].clone()
        picture, words = x[:, :4].clone(), x[:, 4:].clone()
        x[:, :4] = torch.where(picture.isnan(), words, picture)
        x[:, 4:] = torch.where(words.isnan(), picture, words)
        return {"x": x}


def evidence(monkeypatch, parts=None, model=True):
    bits = torch.eye(4)[torch.arange(40) % 4]
    bits[0] = 0  # a row without words
    rows = Split(torch.cat([bits, bits], 1), names=[f"row {k}" for k in range(40)])
    words = Numbers((4,), ("red", "blue", "round", "long"))
    parts = parts or {"picture": Picture((1, 2, 2)), "words": words}
    data = DataSet("toy", rows, test=rows, columns={"x": Joined(parts)})
    found = Evidence(run=None, data=data)
    monkeypatch.setattr(Evidence, "has", lambda self, *names: model)
    monkeypatch.setattr(Evidence, "able", lambda self, *names: Copying())
    return found


def test_each_part_is_inferred_from_the_other(monkeypatch):
    found = modalities.section(evidence(monkeypatch))
    assert found.title == "Picture and words"
    picture, table = found.parts
    assert "true picture" in picture.caption
    assert len(table.rows) == 8
    for name, true, told, right in table.rows:
        assert name != "row 0"  # it has no words
        assert told.split(" (")[0] == true
        assert told.split("(")[1].startswith("100%")
        assert right == 1


def test_other_data_and_models_have_no_such_section(monkeypatch):
    assert modalities.section(evidence(monkeypatch, model=False)) is None
    given = evidence(monkeypatch)
    given.data = DataSet("plain", given.data.train, test=given.data.test)
    assert modalities.section(given) is None


def test_parts_without_a_picture_or_names_are_left_out_in_words(monkeypatch):
    parts = {"a": Numbers((4,)), "b": Numbers((4,))}
    assert "no part of a row is a picture" in modalities.section(evidence(monkeypatch, parts))


@pytest.mark.parametrize(("value", "text"), [(0.254, "25%"), (3.21, "3.2")])
def test_expected_counts_are_numbers(value, text):
    assert modalities._share(value) == text
