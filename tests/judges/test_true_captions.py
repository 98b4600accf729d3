"""The share of true captions, of models whose captions are known."""

import pytest

from harmonium.data.captions import alone
from harmonium.judges.true_captions import TrueCaptions
from tests.judges.test_captions import DATA, Speaker, Trial


def test_the_captions_of_the_data_are_true_and_those_of_other_pictures_are_not():
    found = TrueCaptions()(Trial(Speaker()))
    assert found["true_captions"] == found["grammatical_captions"] == 1
    assert found["true_captions_of_one"] == found["true_captions_of_two"] == 1
    assert found["true_captions_chance"] < 0.05
    assert found["rows"] == 60
    other = TrueCaptions()(Trial(Speaker(turn=1)))
    assert other["true_captions"] < 0.1
    assert other["grammatical_captions"] == 1


def test_captions_out_of_order_are_not_true():
    one = alone(DATA.test.columns["scene"][:])
    found = TrueCaptions()(Trial(Speaker(ruin=one)))
    assert found["true_captions_of_one"] == 0
    assert found["true_captions_of_two"] == 1
    assert found["true_captions"] == pytest.approx(float((~one).double().mean()))
