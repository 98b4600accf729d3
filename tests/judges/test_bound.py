"""The judge of bounds: means over test rows, whatever beta the model learned with."""

import pytest
import torch

from harmonium.data.known import digits_set
from harmonium.judges.bound import Bound
from harmonium.stages import trial as module
from tests.stages import small


@pytest.fixture(scope="module")
def made():
    return small.one(
        data=digits_set(),
        model={"type": "autoencoder", "units": [64, 12, 3], "code": "gaussian"},
        pretrain=None,
        train={"type": "reconstruction", "epochs": 1},
        fine_tune=None,
    )


def test_the_figures_are_those_of_the_model(made):
    found = Bound(samples=3)(made)
    source = torch.Generator().manual_seed(module.derived(made.seed, "judge/bound"))
    model = made.able("bounded")
    bounds = model.bounds({"x": made.test.x.flatten(1)}, samples=3, source=source)
    for name in ("elbo", "importance_weighted"):
        values = bounds[name].double()
        assert found[name] == pytest.approx(float(values.mean()))
        assert found[f"{name}_stderr"] == pytest.approx(float(values.std()) / 500**0.5)
    assert found["bound_samples"] == 3
    assert found["elbo"] < found["importance_weighted"]


def test_more_samples_raise_the_bound_and_not_the_elbo(made):
    few, many = Bound(samples=1)(made), Bound(samples=100)(made)
    assert few["elbo"] == pytest.approx(many["elbo"], abs=4 * few["elbo_stderr"])
    assert many["importance_weighted"] > few["importance_weighted"] + 0.05


def test_the_same_seed_gives_the_same(made):
    assert Bound(samples=2)(made) == Bound(samples=2)(made)
