"""Every machine finds its model, and every model its abilities."""

import pytest
import torch

import harmonium as hm
from harmonium import models
from harmonium.models import adapted

MACHINES = {
    "RestrictedModel": hm.rbm(6, 3),
    "GraphModel": hm.dbm(6, 3, 2),
    "LabelledModel": hm.classification_rbm(6, 3, classes=2),
    "Stack": hm.belief_net(6, 3, 2),
    "LabelledStack": hm.belief_net(6, 3, 2, classes=2),
    "Classifier": torch.nn.Sequential(torch.nn.Linear(6, 2)),
}
ABILITIES = {
    "RestrictedModel": "Encodes EnergyBased Filters FreeEnergies Layered Mixes Reconstructs "
    "Samples Scores Unrolls",
    "GraphModel": "Encodes EnergyBased Filters Layered Mixes Reconstructs Samples Scores Unrolls",
    "LabelledModel": "Classifies Encodes EnergyBased Filters FreeEnergies Layered Mixes "
    "Reconstructs Samples Scores Unrolls",
    "Stack": "Directed Encodes Filters FreeEnergies Layered Mixes Reconstructs Samples Scores "
    "Unrolls",
    "LabelledStack": "Classifies Directed Encodes Filters FreeEnergies Layered Mixes "
    "Reconstructs Samples Scores Unrolls",
    "Classifier": "Classifies Encodes Filters Net",
}


@pytest.mark.parametrize("kind", MACHINES)
def test_the_kind_and_its_abilities(kind):
    model = adapted(MACHINES[kind])
    assert type(model).__name__ == kind
    names = [n for n in models.abilities.__all__ if n != "Batch"]
    found = [n for n in names if isinstance(model, getattr(models, n))]
    assert found == ABILITIES[kind].split()


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match="no model is made of Linear"):
        adapted(torch.nn.Linear(2, 2))
