import math

import pytest

from harmonium.describe.summary import summary
from tests.stages import small


def test_means_and_deviations():
    results = {
        "0": {"svc": {"accuracy": 0.5, "settings": {"C": 1}}},
        "1": {"svc": {"accuracy": 0.7, "settings": {"C": 2}}, "rbm": {"accuracy": 1.0}},
    }
    found = summary(results, small.recipe("seed=3"))
    assert [t["seed"] for t in found["trials"]] == [3, 4]
    assert found["summary"]["rbm"] == {"accuracy": {"mean": 1.0, "sd": None, "n": 1}}
    svc = found["summary"]["svc"]
    assert list(svc) == ["accuracy"]
    assert svc["accuracy"]["mean"] == pytest.approx(0.6)
    assert svc["accuracy"]["sd"] == pytest.approx(0.2 / 2**0.5)
    assert svc["accuracy"]["n"] == 2


def test_a_figure_that_is_not_finite_stays_what_it_is():
    """A diverged trial makes the mean what it is: not finite, and no error."""
    results = {"0": {"rbm": {"nats": -math.inf}}, "1": {"rbm": {"nats": -90.0}}}
    found = summary(results, small.recipe())["summary"]["rbm"]["nats"]
    assert found["mean"] == -math.inf
    assert math.isnan(found["sd"])
