"""The likelihood of frames, and the accuracy of binary ones."""

import pytest
import torch
from torch.testing import assert_close

from harmonium.judges.frames import Frames, Scored, frame_figures
from tests.baselines.test_logistic_autoregression import bits, trial
from tests.stages import small
from tests.stages.test_series import MODEL, SECTIONS, folded


def test_without_weights_it_is_the_likelihood_of_independent_bits():
    made = trial(bits())
    model = made.able("forecasts")
    for name, p in model.machine.named_parameters():
        p.data.fill_(0.0 if "bias" not in name else 0.5)
    found = Frames(betas=5, chains=2, sweeps=2)(made)
    batch = bits().test.batch(slice(None))
    known = torch.arange(30) < batch["length"][:, None]
    log_p = torch.where(batch["x"] > 0, 0.5, -0.5).sigmoid().log().sum(2)[known]
    assert found["frame_log_likelihood"] == pytest.approx(float(log_p.mean()), abs=1e-4)
    assert found["frame_log_likelihood_optimistic"] == pytest.approx(float(log_p.mean()), abs=1e-4)
    p, v = float(torch.tensor(0.5).sigmoid()), float(batch["x"][known].mean())
    assert found["frame_accuracy"] == pytest.approx(p * v / (p + v - p * v), abs=1e-4)


def test_some_series_of_real_values():
    made = small.one(model=MODEL, data=folded(), train={"type": "series", "epochs": 1}, **SECTIONS)
    found = Frames(series=3, betas=20, chains=3, sweeps=5)(made)
    assert "frame_accuracy" not in found
    assert found["frame_log_likelihood"] <= found["frame_log_likelihood_optimistic"]


def test_the_larger_log_z_is_taken():
    x, known = torch.ones(2, 2, 1), torch.ones(2, 2, dtype=torch.bool)
    log_p = {"forward": torch.tensor([[-1.0, -1.0], [-3.0, -3.0]]), "reverse": -torch.ones(2, 2)}
    found = frame_figures([Scored(x, x, known=known, log_p=log_p)])
    assert found["frame_log_likelihood"] == -2
    assert_close(found["frame_stderr"], 1.0)
    assert found["frame_accuracy"] == 1


def test_what_it_cannot_judge():
    with pytest.raises(ValueError, match="judge frames: no model .* likelihood of the frames"):
        small.tasks(judge=["frames"])
