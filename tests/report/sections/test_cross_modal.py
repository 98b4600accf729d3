"""Search sheets of pictures and words."""

import torch
from torch.nn.functional import normalize

from harmonium.data import DataSet, Joined, Numbers, Picture, Split
from harmonium.report.evidence import Evidence
from harmonium.report.sections import cross_modal


class Knowing:
    """A space in which a picture of 2 x 2 pixels is the words themselves."""

    def parameters(self):
        return iter([torch.zeros(1)])

    def embed(self, part, values):
        return normalize(values, dim=1)


def evidence(monkeypatch, model=True, parts=None):
    one, two = torch.meshgrid(torch.arange(3), torch.arange(3), indexing="ij")
    x = torch.cat([torch.eye(3)[one.flatten()], torch.eye(3)[two.flatten()]], 1)
    x = torch.cat([x, x], 1).repeat(2, 1)
    words = Numbers((6,), ("a", "b", "c", "d", "e", "f"))
    kind = Joined(parts or {"picture": Picture((1, 2, 3)), "words": words})
    data = DataSet("toy", Split(x), test=Split(x), columns={"x": kind})
    monkeypatch.setattr(Evidence, "has", lambda self, *names: model)
    monkeypatch.setattr(Evidence, "able", lambda self, *names: Knowing())
    return Evidence(run=None, data=data)


def test_sheets_of_words_of_pictures_and_of_sums(monkeypatch):
    found = cross_modal.section(evidence(monkeypatch))
    assert found.title == "Search of picture and words"
    by_word, by_picture, sums = found.parts
    drawn = {text.get_text() for text in by_word.figure.axes[0].texts}
    assert {f"{word}\n5 of 5" for word in "abcdef"} <= drawn
    assert [row[-1] for row in by_picture.rows] == [2] * 8
    texts = [t.get_text() for t in sums.figure.axes[0].texts]
    assert sum("right" in text for text in texts) == 8


def test_other_models_have_no_such_section_and_parts_without_pictures_say_why(monkeypatch):
    assert cross_modal.section(evidence(monkeypatch, model=False)) is None
    parts = {"one": Numbers((6,)), "two": Numbers((6,))}
    assert "no part of a row is a picture" in cross_modal.section(
        evidence(monkeypatch, parts=parts)
    )
