"""Low and high resolution: three ways to make pictures larger, and their errors."""

import pytest
import torch

from harmonium.baselines.bicubic import enlarged
from harmonium.data import digits
from harmonium.judges.psnr import decibels
from harmonium.learning import Coding, Descent
from harmonium.learning.objectives import SquaredError
from harmonium.models import adapted
from harmonium.nets import Codec, Net
from harmonium.nets.resize import Resize
from harmonium.random import seeded
from harmonium.report.evidence import Evidence
from harmonium.report.sections.resolution import ENTRY, section

UP = [
    {"type": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
    "tanh",
    {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
    {"type": "pixel_shuffle", "name": "detail", "upscale_factor": 2},
    {"type": "resize", "name": "cubic", "inputs": ["input"], "scale": 2},
    {"type": "add", "inputs": ["cubic", "detail"]},
    "flatten",
]


@pytest.fixture(scope="module")
def seen():
    """A codec that has learned for 100 updates to make digits larger."""
    data = digits().dataset()
    x = data.train.batch(slice(None))["x"]
    with seeded(0):
        down = Net([1, 8, 8], [{"type": "resize", "scale": 0.5}, "flatten"])
        codec = Codec(down, Net([1, 4, 4], UP), outputs="values")
    optimiser = torch.optim.Adam(codec.parameters(), lr=1e-2)
    learner = Descent(codec, optimiser, Coding(SquaredError()))
    for k in range(100):
        learner.step({"x": x[12 * k :][:50]})
    found = Evidence(None, data=data)
    found.__dict__["models"] = {"machine": adapted(codec)}
    found.__dict__["recipe"] = {}
    return found


def test_the_errors_are_those_of_each_way(seen):
    picture, table = section(seen).parts
    x = seen.data.test.batch(slice(None))["x"]
    small = Resize(0.5)(x)
    with torch.no_grad():
        model = seen.models["machine"].net.decoder(small).reshape(x.shape)
    again = {
        "repeating every pixel": Resize(2, mode="nearest")(small),
        "cubic interpolation": enlarged(small, (8, 8)),
        "the model": model,
    }
    for word, error, ratio in table.rows:
        assert error == pytest.approx(float((again[word] - x).double().square().mean()), rel=1e-4)
        assert ratio == pytest.approx(decibels(error), abs=1e-6)
    assert picture.alt == "6 test pictures, a line each: small, cubic, model, original"
    assert "4 x 4 pixels" in picture.caption


def test_the_net_learns_to_make_digits_larger(seen):
    """Closer than cubic interpolation, which knows nothing of digits."""
    _, table = section(seen).parts
    errors = {word: error for word, error, _ in table.rows}
    assert errors["the model"] < 0.9 * errors["cubic interpolation"]
    assert errors["cubic interpolation"] < errors["repeating every pixel"]


def test_other_models_have_none():
    from harmonium.nets import Autoencoder

    found = Evidence(None, data=digits().dataset())
    found.__dict__["models"] = {"machine": adapted(Autoencoder([64, 4]))}
    assert ENTRY.section(found) is None
    assert not found.left_out
