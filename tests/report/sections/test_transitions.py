"""The section of a Markov chain."""

import pytest

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture
from harmonium.report.sections.transitions import ENTRY, section
from harmonium.training import train
from tests.apply.texts import recipe


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    model = {"type": "markov_chain", "vocabulary": 29}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harmonium.report.write_run", lambda *_, **__: None)
        output = tmp_path_factory.mktemp("chain")
        run = train(recipe(model=model, train={"type": "count"}, judge=[]), output=output)
    evidence = Evidence(run)
    evidence.read_data()
    return evidence


def test_it_shows_the_matrix_and_the_stationary_distribution(seen):
    picture, table = section(seen).parts
    assert isinstance(picture, Picture)
    assert "nats" in picture.caption
    first = table.rows[0]
    assert first[0] == "' '"  # the most frequent symbol of the text
    assert first[1] == pytest.approx(8 / 45, abs=0.02)


def test_other_models_have_no_such_section(evidence):
    assert ENTRY.section(evidence("classifier")) is None
