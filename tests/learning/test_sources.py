"""A Gaussian RBM separates two mixed sources: the example's own functions, half as long."""

import importlib.util
from pathlib import Path

import pytest
import torch

EXAMPLE = Path(__file__).parents[2] / "examples" / "sources.py"


@pytest.fixture(scope="module")
def sources():
    spec = importlib.util.spec_from_file_location("sources_example", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_features_lie_along_the_mixing_directions(sources):
    """Nats per test row: above the best Gaussian, below the truth, and AIS within .01 of exact."""
    x, test, mixing = sources.mixed("laplace", seed=1)
    graph = sources.learned(x, seed=1, epochs=150)
    exact, estimated = sources.scores(graph, test, base=x, seed=1)
    truth = float(sources.true_density("laplace", test, mixing=mixing).mean())
    assert sources.gaussian(test, x) + 0.05 < exact < truth
    assert estimated == pytest.approx(exact, abs=0.01)
    assert sources.angle_error(sources.directions(graph), mixing) < 3


def test_the_error_of_an_angle(sources):
    right = torch.eye(2).double().numpy()
    turned = torch.tensor([[3**0.5, 1.0], [-1.0, 3**0.5], [1.0, 1.0]]).double().numpy()
    assert sources.angle_error(right, right) == pytest.approx(0)
    assert sources.angle_error(-2 * right, right) == pytest.approx(0)
    assert sources.angle_error(turned, right) == pytest.approx(30)
    assert sources.angle_error(turned[2:], right) == pytest.approx(45)
