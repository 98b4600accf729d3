"""The name that code of before imports."""

from harmonium import learning
from harmonium.runs.stages import Training
from harmonium.runs.stopping import EarlyStopping


def test_it_is_the_one_of_learning():
    assert EarlyStopping is learning.EarlyStopping
    assert Training is learning.Training
