"""The section of tagged sentences."""

from harmonium.report.evidence import Evidence
from harmonium.report.sections.tags import section
from tests.apply import tags, texts


def evidence(run):
    found = Evidence(run)
    found.read_data()
    return found


def test_sentences_with_tags():
    (picture,) = section(evidence(tags.run())).parts
    assert "with the tag of each word as a colour" in picture.alt
    assert "0 have a wrong tag" in picture.caption


def test_other_models_have_none():
    assert section(evidence(texts.run())) is None
