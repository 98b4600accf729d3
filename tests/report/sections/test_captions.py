"""The section of captions."""

from harmonium.report.evidence import Evidence
from harmonium.report.sections.captions import section
from tests.apply import captions, texts


def test_the_section_shows_pictures_with_both_captions():
    evidence = Evidence(captions.run())
    evidence.read_data()
    made = section(evidence)
    assert made.title == "Captions"
    (picture,) = made.parts
    assert "14 test pictures" in picture.alt
    shown = {text.get_text() for text in picture.figure.texts}
    first = evidence.data.test.names[0]
    assert {"written", "drawn", "data"} <= shown
    assert any(text and text in f"{first} ✗" for text in shown)


def test_other_models_have_none():
    evidence = Evidence(texts.run())
    evidence.read_data()
    assert section(evidence) is None
