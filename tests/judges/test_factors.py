"""Correlation of numbers of a code with the poses of test pictures."""

import pytest
import torch

from harmonium.data.known import digits_set
from harmonium.judges.factors import Factors, correlations
from tests.stages import small


def test_correlations_are_those_of_the_definition():
    source = torch.Generator().manual_seed(0)
    a = torch.randn(50, 2, generator=source, dtype=torch.float64)
    c = torch.randn(50, 3, generator=source, dtype=torch.float64)
    expected = torch.corrcoef(torch.cat([a, c], 1).mT)[:2, 2:].abs()
    torch.testing.assert_close(correlations(a, c), expected)
    constant = torch.ones(50, 1, dtype=torch.float64)
    assert correlations(a, constant).tolist() == [[0], [0]]


class Moments:
    """Its code is the centre of mass of a picture, which a shift moves, and noise."""

    def batches(self, rows):
        return [rows.batch(slice(None))]

    def codes(self, batch):
        x = batch["x"].double()
        place = torch.arange(x.shape[-1], dtype=torch.float64)
        weight = x.sum((1, 2, 3)).clamp(min=1e-9)
        right = (x.sum((1, 2)) * place).sum(1) / weight
        down = (x.sum((1, 3)) * place).sum(1) / weight
        noise = torch.randn(len(x), generator=torch.Generator().manual_seed(1)).double()
        return {"code": torch.stack([right, down, noise], 1)}


def test_a_code_that_is_the_place_is_found():
    data = digits_set()
    auto = {"model": {"type": "autoencoder", "units": [64, 3]}, "pretrain": None}
    stage = {"train": {"type": "reconstruction", "epochs": 1}, "fine_tune": None}
    trial = small.one(data=data, **auto, **stage)

    class Seen:
        data, test, source = trial.data, trial.test, trial.source

        def able(self, *_):
            return Moments()

    found = Factors(shift=1.5, rotation=0, scale=0)(Seen())
    assert found["factor_correlation"] > 0.6
    assert found["factor_leak"] < 0.3
    assert found["factor_best"] == pytest.approx(found["factor_correlation"])
    own = Factors(shift=1.5)(trial)  # 3 numbers for 4 factors
    assert own["factor_correlation"] == 0
