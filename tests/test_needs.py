"""Needs and the reasons why they are not met."""

from dataclasses import replace

import pytest
import torch

from harmonium import belief_net, rbm
from harmonium.data import DataSet, Numbers, Split
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
        (
            Needs(data=("labelled train",)),
            replace(DATA, train=DATA.train.with_columns(y=torch.ones(60, dtype=torch.int64))),
            "toy: all labelled training rows have the class high: give rows of at least two",
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


def real(*, test=True):
    x = torch.zeros(4, 6)
    y = torch.arange(8.0).reshape(4, 2)
    some = Split(x, y) if test else Split(x)
    return DataSet("real", Split(x, y), test=some, columns={"y": Numbers((2,), ("a", "b"))})


PLAIN = DataSet("plain", Split(torch.zeros(4, 6)), test=Split(torch.zeros(4, 6)))
NONE = "has no classes: its targets are real numbers (a, b): give labels instead, or leave"


@pytest.mark.parametrize(
    ("need", "data", "reason"),
    [
        ("classes", DATA, None),
        ("classes", real(), NONE),
        ("classes", PLAIN, "plain has no classes: give labels to some rows"),
        ("labelled train", real(), NONE),
        ("labelled test", real(), NONE),
        ("labelled held out", real(), NONE),
        ("train", real(), None),
        ("targets", real(), None),
        ("targets train", real(), None),
        ("targets test", real(), None),
        ("targets held out", real(), None),
        ("known train", DATA, None),
        ("known train", real(), None),
        ("known train", PLAIN, "plain has no labelled training rows: give labels"),
        ("targets", DATA, "toy has no real targets: its labels are classes: set `target`"),
        ("targets train", DATA, "toy has no real targets: its labels are classes"),
        ("targets", PLAIN, "plain has no real targets: set `target` of the source"),
        ("targets test", real(test=False), "real has no test rows with real targets: give them"),
        ("targets test", replace(real(), test=None), "real has no test rows: set `test`"),
    ],
)
def test_classes_and_real_targets_are_told_apart(need, data, reason):
    found = unmet(Needs(data=(need,)), [], data=data)
    assert found is None if reason is None else reason in found


def test_pictures_are_a_kind():
    pictures = DataSet("seen", Split(torch.zeros(4, 6)), shape=(2, 3))
    assert unmet(Needs(data=("pictures",)), [], data=pictures) is None
