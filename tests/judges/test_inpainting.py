"""The error inside a hole, of a model, of the mean picture and of the nearest one."""

import pytest
import torch

from harmonium.data import DataSet, Split
from harmonium.judges.inpainting import Inpainting, nearest_known
from tests.stages import small

AUTO = {
    "model": {"type": "autoencoder", "units": [36, 3]},
    "pretrain": None,
    "train": {"type": "reconstruction", "epochs": 1},
    "fine_tune": None,
}


@pytest.fixture(scope="module")
def trial():
    """Pictures of 6 x 6: the test ones are training ones, but for one pixel at the corner."""
    source = torch.Generator().manual_seed(0)
    x = torch.rand(40, 36, generator=source, dtype=torch.float32)
    test = x[:15].clone()
    test[:, 0] = 0.5
    data = DataSet("toy", Split(x), test=Split(test), shape=(6, 6))
    return small.one(data=data, **AUTO)


class Perfect:
    """Gives back the true pictures where a hole is 9 values, and notes what it reads."""

    def __init__(self, x):
        self.x, self.read = x, []

    def batches(self, rows):
        self.read.append(rows.x)
        return [rows.batch(slice(None))]

    def reconstruct(self, batch):
        return {"all": {"x": self.x.reshape(batch["x"].shape) + 0.1}}


def judged(trial, model, **settings):
    class Seen:
        data, test, source = trial.data, trial.test, trial.source

        def able(self, *_):
            return model

    return Inpainting(**settings)(Seen())


def test_the_error_is_that_of_the_hidden_values_only(trial):
    x = trial.test.flattened().x[:]
    model = Perfect(x)
    found = judged(trial, model, size=3, fill=-2.0)
    assert found["hole_error"] == pytest.approx(0.01, rel=1e-4)
    assert found["hole_error_stderr"] == pytest.approx(0.0, abs=1e-6)
    (read,) = model.read
    hidden = read == -2
    assert torch.equal(read[~hidden], x[~hidden])
    assert 4 <= int(hidden.sum(1).min()) <= int(hidden.sum(1).max()) == 9
    gaps = (trial.data.train.x.mean(0) - x).square() * hidden
    expected = float((gaps.sum(1) / hidden.sum(1)).mean())
    assert found["hole_error_mean"] == pytest.approx(expected, rel=1e-5)


def test_the_nearest_picture_is_nearest_outside_the_hole(trial):
    x, rows = trial.test.flattened().x[:], trial.data.train.x
    hidden = torch.rand(x.shape, generator=torch.Generator().manual_seed(1)) < 0.3
    found = nearest_known(x, rows, hidden=hidden)
    gaps = ((x[:, None] - rows[None]).square() * ~hidden[:, None]).sum(2)
    assert torch.equal(found, rows[gaps.argmin(1)])
    assert torch.equal(found, rows[:15])
    # so the neighbour fills every hole without error, but for the corner
    assert judged(trial, Perfect(x), size=3)["hole_error_neighbour"] < 0.01


def test_a_trained_model_is_judged_the_same_way_twice(trial):
    once, again = Inpainting()(trial), Inpainting()(trial)
    assert once == again
    assert once["hole_error"] > 0


def test_rows_that_are_no_pictures_are_refused():
    net = {"model": {"type": "autoencoder", "units": [6, 2]}}
    with pytest.raises(ValueError, match=r"judge inpainting: .* are no pictures"):
        small.tasks(**{**AUTO, **net}, judge=["inpainting"])
