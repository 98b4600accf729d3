"""What is said of torch's optimisers is true of them."""

import inspect

import pytest
import torch

from harmonium.describe.foreign import HIDDEN, STATED
from harmonium.describe.models import model
from harmonium.registry import KINDS

OPTIMISERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


def test_every_argument_is_either_stated_or_hidden():
    for name, real in OPTIMISERS.items():
        found = set(inspect.signature(real).parameters) - {"params"}
        assert found <= set(STATED) | HIDDEN
        described = model(KINDS["Optimiser"][name], "Optimiser", name=name)
        assert set(described.model_fields) - {"type"} == found - HIDDEN
    assert set(OPTIMISERS) == set(KINDS["Optimiser"])


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        (name, setting)
        for name, setting in [
            ("sgd", {"lr": -1.0}),
            ("sgd", {"momentum": -0.5}),
            ("sgd", {"weight_decay": -0.5}),
            ("adam", {"eps": -1.0}),
            ("adam", {"betas": (-0.5, 0.5)}),
            ("adamw", {"betas": (0.5, 1.5)}),
        ]
    ],
)
def test_what_is_out_of_bounds_here_is_refused_by_torch(name, setting):
    weight = torch.nn.Parameter(torch.zeros(1))
    with pytest.raises(ValueError, match="nvalid"):
        OPTIMISERS[name]([weight], **setting)
    described = model(KINDS["Optimiser"][name], "Optimiser", name=name)
    with pytest.raises(ValueError, match="greater|less"):
        described.model_validate({"type": name, **setting})
