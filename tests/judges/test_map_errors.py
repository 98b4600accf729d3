"""Errors of a map on test rows."""

import pytest
import torch

from harmonium.judges.map_errors import MapErrors
from tests.stages import small

MAP = {
    "model": {"type": "kohonen", "inputs": 6, "rows": 2, "columns": 3},
    "pretrain": None,
    "train": {"type": "kohonen", "epochs": 2},
    "fine_tune": None,
}


def test_they_are_means_over_test_rows():
    one = small.one(**MAP)
    net = one.models["machine"].net
    with torch.no_grad():
        net.weight.normal_(generator=torch.Generator().manual_seed(0))
    gaps, nearest = torch.cdist(one.data.test.x, net.weight.detach()).sort(1)
    found = MapErrors()(one)
    assert found["quantisation_error"] == pytest.approx(float(gaps[:, 0].mean()), abs=1e-6)
    first, second = net.places[nearest[:, 0]], net.places[nearest[:, 1]]
    apart = ((first - second).abs().amax(1) > 1).double().mean()
    assert found["topographic_error"] == pytest.approx(float(apart))


def test_a_model_without_a_map_is_refused():
    net = {"model": {"type": "mlp", "units": [6, 2]}, "train": {"type": "supervised", "epochs": 1}}
    with pytest.raises(ValueError, match="judge map_errors: no model .* lays rows out on a map"):
        small.tasks(**{**MAP, **net}, judge=["map_errors"])
