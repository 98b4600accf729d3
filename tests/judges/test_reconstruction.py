"""The reconstruction error of test rows."""

import pytest

from harmonium.judges.reconstruction import Reconstruction
from tests.stages import small

AUTO = {
    "model": {"type": "autoencoder", "units": [6, 3]},
    "pretrain": None,
    "train": {"type": "reconstruction", "epochs": 2},
    "fine_tune": None,
}


def test_it_is_the_mean_square_per_value_of_test_rows():
    one = small.one(**AUTO)
    x = one.data.test.x
    each = (one.models["machine"].net.reconstruct(x) - x).detach().square().double().mean(1)
    found = Reconstruction()(one)
    assert found["reconstruction_error"] == pytest.approx(float(each.mean()), abs=1e-7)
    assert found["reconstruction_stderr"] == pytest.approx(float(each.std()) / 20**0.5, abs=1e-7)


def test_a_belief_net_is_judged_through_all_its_layers():
    one = small.one()
    *_, deep = one.models["machine"].reconstruct({"x": one.data.test.x}).values()
    expected = float((deep["x"] - one.data.test.x).square().mean())
    assert Reconstruction()(one)["reconstruction_error"] == pytest.approx(expected, abs=1e-6)


def test_a_model_that_cannot_is_refused():
    net = {"model": {"type": "mlp", "units": [6, 2]}, "train": {"type": "supervised", "epochs": 1}}
    with pytest.raises(ValueError, match="judge reconstruction: no model .* reconstructs rows"):
        small.tasks(**{**AUTO, **net}, judge=["reconstruction"])
