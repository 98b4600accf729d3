"""One seed, one trial: its rows, its random numbers, and what it hands on."""

import pytest
import torch

from harmonium import storage
from harmonium.data import Corrupt, Sampled, Split
from harmonium.needs import Needs
from harmonium.stages.training import noise_of
from harmonium.stages.trial import Trial, derived, some
from tests.stages import small


def ready(**options):
    """A trial whose stages have been looked at, so that it knows what they will make."""
    trial = small.one(**options)
    for name, stage in trial.stages.items():
        stage.parts(trial, name)
    return trial


def test_every_purpose_has_its_own_numbers():
    seeds = {derived(seed, purpose) for seed in range(50) for purpose in ("data", "train", "a")}
    assert len(seeds) == 150
    one = small.one()
    first, again, other = (torch.rand(4, generator=one.source(p)) for p in ("a", "a", "b"))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_only_labelled_rows_are_fine_tuned_on():
    one = small.one("data.labels={per_class: 5}")
    seen = one.labelled(one.data.train)
    assert seen.y.bincount().tolist() == [5, 5]
    assert len(one.data.train) == 60
    assert one.labelled(None) is None


def test_test_rows_are_drawn_once_and_for_all():
    one = small.one("data.batch_transform=sampled")
    assert isinstance(one.draw, Sampled)
    grey = Trial(0, 5, one.models, _grey(one.data), one.chain, draw=one.draw)
    other = Trial(0, 6, one.models, _grey(one.data), one.chain, draw=one.draw)
    assert torch.equal(grey.test.x, other.test.x)
    assert set(grey.test.x.unique().tolist()) == {0.0, 1.0}


def _grey(data):
    from dataclasses import replace

    return replace(data, test=data.test.with_columns(x=data.test.x * 0.5 + 0.2))


def test_what_was_saved_comes_back(tmp_path):
    one, other = ready(), ready(number=1)
    net = one.model("net").net
    one.seconds, one.epochs = 2.5, {"compare/random_start": 7}
    other.load_state_dict(one.state_dict())
    assert (other.seconds, other.epochs) == (2.5, {"compare/random_start": 7})
    x = one.data.test.x
    with torch.no_grad():
        net[-1].weight.fill_(0.5)
        other.models["net"].net[-1].weight.fill_(0.5)
        assert torch.equal(net(x), other.models["net"].net(x))
    one.save(tmp_path, 3)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "3-machine.safetensors",
        "3-net.safetensors",
        "3-transforms.safetensors",
    ]
    machine = storage.load(tmp_path / "3-machine.safetensors")
    assert all(map(torch.equal, machine.recognise(x), one.models["machine"].machine.recognise(x)))


def test_an_untied_net_comes_back_untied():
    recipe = {"model": {"type": "belief_net", "units": [6, 5, 4], "classes": 2}}
    one, other = small.one(**recipe), small.one(**recipe, number=1)
    net, again = (t.models["machine"].machine for t in (one, other))
    net.untie()
    net.upwards[0].units["h"].absorb(torch.tensor(1.0))
    other.load_state_dict(one.state_dict())
    assert all(map(torch.equal, net.parameters(), again.parameters()))
    assert len(list(again.recognition)) == 1


def test_rows_that_are_looked_at_lie_all_over_the_split():
    """Files are often sorted by class: the first thousand may hold one of them alone."""
    found = some(Split(torch.arange(2500.0)[:, None], torch.arange(2500) // 250))
    assert len(found) == 1000
    assert found.y.bincount().tolist() == [100] * 10
    few = Split(torch.arange(3.0)[:, None])
    assert torch.equal(some(few).x, few.x)


def test_noise_is_for_the_rows_that_are_learned_from():
    """Rows of a judge stay whole: a likelihood of damaged rows would be that of other data."""
    trial = small.one("data.batch_transform={type: corrupt, share: 0.5}")
    assert trial.draw is None
    assert torch.equal(trial.test.x, trial.data.test.x)
    noises = [noise_of(stage, trial) for stage in trial.stages.values()]
    assert noises == [Corrupt(share=0.5)] * 2
    x = trial.data.train.x
    part, *_ = trial.stages["pretrain"].parts(trial, "pretrain")
    seen = torch.cat([batch["x"] for batch in part.build().batches])
    assert 0.3 < 1 - float(seen.sum() / x.sum()) < 0.7


def test_models_to_come_count_as_there():
    one = ready()
    assert [*one.models] == ["machine"]
    assert one.unmet_later(Needs(model=("classifies",))) is None
    assert one.able("classifies") is one.models["net"]
    with pytest.raises(ValueError, match="no model of this run gives class probabilities"):
        small.one().able("classifies")


def test_a_checkpoint_of_the_first_format_comes_back():
    """Its machine and its net stood by themselves, and so did the copies of layers."""
    made = {"type": "dbm", "units": [6, 5, 4]}
    one, other = ready(model=made), ready(model=made, number=1)
    one.model("net")
    saved = one.state_dict()
    old = {
        "machine": saved["models"]["machine"],
        "net": saved["models"]["net"],
        "copies": saved["extras"]["layers"],
        "seconds": 2.0,
        "epochs": {},
    }
    other.load_state_dict(old)
    assert [*other.models] == ["machine", "net"]
    for name, model in one.models.items():
        again = other.models[name].saved()
        assert all(torch.equal(x, again[k]) for k, x in model.saved().items())
    assert all(map(torch.equal, other.extras["layers"], one.extras["layers"]))
