"""Cubic interpolation as the rival of super-resolution."""

import pytest
import torch

from harmonium.baselines.bicubic import Bicubic, enlarged
from harmonium.data.known import digits_set
from harmonium.nets.resize import Resize
from tests.baselines.test_pca import auto
from tests.stages import small


def test_digits_from_a_quarter_of_their_pixels():
    trial = small.one(data=digits_set(), **auto(64, 10))
    x = trial.data.test.batch(slice(None))["x"]
    error = float((Resize(2)(Resize(0.5)(x)) - x).double().square().mean())
    found = Bicubic()(trial)
    assert found["reconstruction_error"] == pytest.approx(error, rel=1e-5)
    assert found["psnr"] == pytest.approx(-10 * torch.tensor(error).log10().item(), abs=1e-3)
    # repeating every pixel of the small picture is worse
    flat = Resize(2, mode="nearest")(Resize(0.5)(x))
    assert error < float((flat - x).double().square().mean())


def test_a_factor_that_does_not_divide_the_pictures_is_refused():
    trial = small.one(data=digits_set(), **auto(64, 10))
    with pytest.raises(ValueError, match=r"\(8, 8\) are not divisible by the factor 3"):
        Bicubic(factor=3)(trial)
    with pytest.raises(ValueError, match="by one factor"):
        enlarged(torch.zeros(1, 1, 4, 4, dtype=torch.float32), (8, 12))
