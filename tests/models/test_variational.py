"""A codec whose code has a prior."""

import pytest
import torch

from harmonium.models import VariationalModel
from harmonium.nets import Autoencoder
from tests.nets.codes.normal import Normal


def model():
    return VariationalModel(Autoencoder([6, 4, 2], code=Normal()))


def test_samples_are_decoded_draws_of_the_prior():
    made = model()
    drawn = made.sample(5, source=torch.Generator().manual_seed(1))["x"]
    like = torch.empty(2, dtype=torch.float32)
    codes = Normal().prior(5, like, source=torch.Generator().manual_seed(1))
    assert torch.equal(drawn, made.decode(codes)["x"])
    assert made.sweeps(1000) == 0


def test_no_column_is_held():
    x = torch.full((5, 6), float("nan"), dtype=torch.float32)
    with pytest.raises(ValueError, match="sample without given values"):
        model().sample(5, given={"x": x})


def test_measurements_before_training_agree():
    made = model()
    x = torch.rand(4, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    first, second = (made.reconstruct({"x": x})["the code"]["x"] for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(made(x), made(x))
