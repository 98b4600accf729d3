import torch

from harmonium import describe, rbm
from harmonium.describe.learner import learner
from harmonium.learning import L2, PCD, MeanField
from harmonium.random import generator


def test_every_setting_of_the_section_arrives():
    train = {
        "type": "energy",
        "epochs": 1,
        "contrast": {"type": "pcd", "steps": 2, "chains": 7},
        "optimiser": {"type": "adam", "lr": 0.02},
        "penalties": [{"type": "l2", "strength": 0.5}],
        "centring": 0.3,
        "scaling": False,
    }
    model = {"type": "rbm", "visible": 6, "hidden": 4}
    recipe = describe.load({"data": {"source": "digits"}, "model": model, "train": train})
    graph, source = rbm(6, 4), generator(0)
    found = learner(graph, recipe.train, source=source, inference=MeanField(cap=3))
    assert found.graph is graph
    assert found.source is source
    assert type(found.optimiser) is torch.optim.Adam
    assert found.optimiser.param_groups[0]["lr"] == 0.02
    assert {id(p) for p in found.optimiser.param_groups[0]["params"]} == {
        id(p) for p in graph.parameters()
    }
    assert found.contrast == PCD(2, chains=7)
    assert found.penalties == [L2(0.5)]
    assert (found.centring, found.scaling) == (0.3, False)
    assert found.inference == MeanField(cap=3)
