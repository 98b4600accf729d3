"""Needs and the reasons why they are not met."""

from dataclasses import replace

import pytest

from harmonium import belief_net, rbm
from harmonium.models import adapted
from harmonium.needs import Needs, able, unmet
from tests.stages.small import toy

DATA = toy()


def test_the_last_model_that_can_is_asked():
    low, high = adapted(rbm(6, 3)), adapted(belief_net(6, 3, 2, classes=2))
    assert able(["samples"], [low, high]) is high
    assert able(["graph"], [low, high]) is low
    assert able(["samples", "classifies"], [high, low]) is high


@pytest.mark.parametrize(
    ("needs", "data", "reason"),
    [
        (Needs(("encodes", "scores"), ("train", "labelled test")), DATA, None),
        (Needs(("classifies",)), DATA, "gives class probabilities: add a fine_tune section"),
        (Needs(("samples", "classifies")), DATA, "no model of this run gives class"),
        (Needs(("directed",)), DATA, "has directed layers: take a belief_net"),
        (Needs(data=("train",)), None, "the data of the run cannot be read here"),
        (Needs(data=("test",)), replace(DATA, test=None), "toy has no test rows"),
        (
            Needs(data=("labelled train",)),
            replace(DATA, train=DATA.train.with_columns(y=None)),
            "toy has no labelled training rows",
        ),
        (
            Needs(data=("labelled test",)),
            replace(DATA, test=None),
            "toy has no test rows: set `test` of the source",
        ),
        (
            Needs(data=("labelled test",)),
            replace(DATA, test=DATA.test.with_columns(y=None)),
            "toy has no labelled test rows: give labels to some of them",
        ),
        (Needs(data=("held out",)), replace(DATA, test=None), "no test or validation rows"),
        (Needs(data=("pictures",)), DATA, r"rows of shape \(6,\) are no pictures"),
    ],
)
def test_the_reason_in_words(needs, data, reason):
    import re

    found = unmet(needs, [adapted(rbm(6, 3))], data=data)
    assert found is None if reason is None else re.search(reason, found)


def test_an_ability_that_nobody_defined_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        able(["flies"], [adapted(rbm(6, 3))])
