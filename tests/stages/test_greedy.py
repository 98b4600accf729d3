"""Layers one after the other, each with settings of its own."""

import copy

import pytest
import torch

from harmonium.describe.component import Component
from harmonium.learning import PCD, Learner, doubled, hidden_means, lowest
from harmonium.learning.fixed import FixedProducts
from harmonium.machines import dbm, rbm
from harmonium.models import adapted
from harmonium.stages.greedy import Greedy
from tests.stages import small


def test_a_layer_takes_the_settings_of_all_and_its_own():
    adam = Component("Optimiser", "adam")
    settings = Greedy(epochs=5, batch_size=20, layers=({}, {"epochs": 9, "optimiser": adam}))
    assert settings.layer(0) == Greedy(epochs=5, batch_size=20)
    assert settings.layer(1) == Greedy(epochs=9, batch_size=20, optimiser=adam)
    assert settings.layer(2) == Greedy(epochs=5, batch_size=20)


def test_an_override_of_nothing_that_exists_is_refused():
    with pytest.raises(TypeError, match="epohcs"):
        Greedy(epochs=5, layers=({"epohcs": 9},)).layer(0)


def test_a_layer_learns_from_what_the_one_below_makes_of_the_data():
    low, top, *_ = small.tasks("data.batch_transform=sampled")
    small.done(low)
    trial = low.workspace
    stage = top.build()
    expected = hidden_means(trial.models["machine"].machine.graphs[0], trial.data.train.x)
    assert torch.equal(stage.batches.columns["x"], expected)
    assert stage.batches.transform is None
    assert low.build().batches.transform is not None


def test_layers_of_a_deep_boltzmann_machine_keep_their_own_copies():
    made = {"type": "dbm", "units": [6, 5, 4]}
    tasks, others = (small.tasks(model=made, fine_tune=None) for _ in range(2))
    trial, other = tasks[0].workspace, others[0].workspace
    mine, theirs = trial.extras["layers"], other.extras["layers"]
    assert len(mine) == 2
    with torch.no_grad():
        mine[0].fill_(1.0)
        mine[1].fill_(3.0)
    other.load_state_dict(trial.state_dict())
    assert [p.tolist() for p in theirs] == [[1.0] * 5, [3.0] * 5]


def test_copies_do_not_undo_what_was_learned_before():
    again = {"type": "greedy", "epochs": 1}
    made = {"model": {"type": "dbm", "units": [6, 5, 4]}, "pretrain": None, "fine_tune": None}
    with pytest.raises(ValueError, match="greedy-2: the layers .* put greedy first"):
        small.tasks(**made, stages=[again, again])


def test_layers_that_are_the_models_own_go_on_from_where_they_are():
    again = {"type": "greedy", "epochs": 1}
    low, top, low_again, _ = small.tasks(pretrain=None, fine_tune=None, stages=[again, again])
    small.done(low)
    small.done(top)
    graph = low.workspace.models["machine"].machine.graphs[0]
    before = [p.clone() for p in graph.parameters()]
    low_again.build()
    assert all(map(torch.equal, before, graph.parameters()))


def test_the_summary_names_every_layer():
    model = adapted(dbm(6, 5, 4))
    settings = Greedy(epochs=5, layers=({}, {"epochs": 9}))
    parts = settings.outline(model, "pretrain")
    assert [(name, part.epochs) for name, part in parts] == [("pretrain/0", 5), ("pretrain/1", 9)]


def test_a_deep_machine_of_depth_one_starts_as_the_rbm_of_its_lowest_layer():
    made = {"type": "dbm", "units": [6, 5, 4]}
    pretrain = {"type": "greedy", "epochs": 3, "depth": 1}
    low, *rest = small.tasks(model=made, pretrain=pretrain, fine_tune=None)
    assert [task.name for task in rest if task.name.startswith("pretrain")] == []
    trial = low.workspace
    graph = trial.models["machine"].machine
    before = [graph.get_parameter(f"units.{name}.bias").clone() for name in ("h1", "h2")]
    stage = low.build()
    assert [*stage.learner.module.units] == ["v", "h"]  # no copies: nothing is doubled
    small.done(low)
    after = [graph.get_parameter(f"units.{name}.bias") for name in ("h1", "h2")]
    assert not torch.equal(before[0], after[0])
    assert torch.equal(before[1], after[1])


@pytest.mark.filterwarnings("ignore:products='fixed'")  # which not every processor has fast
def test_the_lowest_layer_may_multiply_in_fixed_point_to_the_bits_of_an_rbm():
    pretrain = {"depth": 1, "contrast": {"type": "pcd", "steps": 2}, "products": "fixed"}
    made = {"type": "dbm", "units": [6, 5, 4]}
    low, *_ = small.tasks(model=made, pretrain={"type": "greedy", "epochs": 1, **pretrain})
    mine = low.build().learner.learner
    twin = rbm(6, 5)
    twin.load_state_dict(mine.graph.state_dict())
    others = {"contrast": PCD(2), "centring": mine.centring, "products": "fixed"}
    settings = {k: v for k, v in mine.optimiser.param_groups[0].items() if k in ("lr", "momentum")}
    optimiser = torch.optim.SGD(twin.parameters(), **settings)
    theirs = Learner(twin, optimiser, source=copy.deepcopy(mine.source), **others)
    for batch in low.workspace.data.train.x.split(20):
        mine.step({"v": batch})
        theirs.step({"v": batch})
    assert type(mine._bound[1].products) is FixedProducts
    assert all(map(torch.equal, mine.graph.parameters(), twin.parameters()))


@pytest.mark.filterwarnings("ignore:products='fixed'")
def test_layers_with_tied_copies_have_no_products_in_fixed_point():
    made = {"type": "dbm", "units": [6, 5, 4]}
    pretrain = {"type": "greedy", "epochs": 1, "products": "fixed"}
    low, *_ = small.tasks(model=made, pretrain=pretrain)
    with pytest.raises(ValueError, match="products='fixed'.*keep products='float'"):
        small.done(low)


def test_the_lowest_layers_of_a_chain_share_its_parameters():
    graph = dbm(6, 5, 4, 3)
    part = lowest(graph, 2)
    assert [*part.units] == ["v", "h1", "h2"]
    assert part.edges[1].connection is graph.edges[1].connection
    assert [*doubled(part)[1].units] == ["v", "h", "h_copy"]  # h2 is its top now
