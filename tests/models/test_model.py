"""Every kind of model can be saved, restored and outlined."""

import pytest
import torch

from harmonium.models import Model, adapted
from tests.models.test_adapt import MACHINES


@pytest.mark.parametrize("kind", MACHINES)
def test_parameters_come_back(kind, tmp_path):
    import copy

    model = adapted(copy.deepcopy(MACHINES[kind]))
    assert isinstance(model, Model)
    saved = {name: x.clone() for name, x in model.saved().items()}
    with torch.no_grad():
        for p in model.parameters():
            p.add_(1.0)
    model.restore(saved)
    assert all(torch.equal(x, saved[name]) for name, x in model.saved().items())
    total = sum(row["parameters"] for row in model.outline())
    assert total == sum(p.numel() for p in model.parameters())
    model.save(tmp_path / "model.safetensors")
    assert (tmp_path / "model.safetensors").is_file()
