"""The peak signal-to-noise ratio of test rows."""

import math

import pytest
import torch

from harmonium.judges.psnr import PSNR, decibels, ratios
from harmonium.judges.reconstruction import Reconstruction
from tests.judges.test_reconstruction import AUTO
from tests.stages import small


def test_it_is_that_of_the_mean_error_of_all_test_rows():
    trial = small.one(**AUTO)
    x = trial.data.test.x
    error = float((trial.models["machine"].net.reconstruct(x) - x).detach().square().mean())
    found = PSNR()(trial)
    assert found["psnr"] == pytest.approx(10 * math.log10(1 / error), abs=1e-4)
    assert found["reconstruction_error"] == Reconstruction()(trial)["reconstruction_error"]
    assert PSNR(peak=255)(trial)["psnr"] == pytest.approx(found["psnr"] + 48.1308, abs=1e-3)


def test_half_the_error_is_three_decibels_and_none_is_no_limit():
    assert decibels(0.005) - decibels(0.01) == pytest.approx(3.0103, abs=1e-4)
    assert decibels(0.0) == math.inf


def test_its_standard_error_is_the_spread_over_sets_of_rows():
    errors = torch.rand(4000, 50, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    means = errors.mean(1)
    spread = float(torch.tensor([decibels(float(m)) for m in means]).std())
    one = {
        "reconstruction_error": 0.5,
        "reconstruction_stderr": float(errors[0].std()) / 50**0.5,
    }
    assert ratios(one)["psnr_stderr"] == pytest.approx(spread, rel=0.25)
