"""Samples: snapshots by epoch, drawn down to the data; fresh ones that anyone gets again."""

import numpy as np
import torch

from harmonium import belief_net
from harmonium.models import adapted
from harmonium.report.sections.samples import ENTRY, _spaced, section


def first_tiles(picture):
    return np.stack([np.asarray(i.get_array()) for i in picture.figure.axes[0].images])


def test_every_stage_has_its_strip_and_the_finished_machine_its_samples(evidence):
    titles = [picture.alt for picture in section(evidence("classifier")).parts]
    assert titles == [
        "10 chains during pre-training, layer 1, after epochs 1 to 12, one line for each epoch",
        "10 chains during pre-training, layer 2, after epochs 1 to 12, one line for each epoch",
        "20 images sampled from the machine",
    ]


def test_the_strip_of_the_first_layer_is_its_chains(evidence):
    seen = evidence("energy")
    strip = section(seen).parts[0]
    last = max(seen.records, key=lambda record: record.epoch).tensors()["chains"]
    shown = first_tiles(strip)[-10:].reshape(10, 64)
    np.testing.assert_allclose(shown, last[:10].clamp(0, 1), atol=1e-6)


def test_the_strip_of_a_deeper_layer_comes_down_through_the_layers_below(evidence):
    seen = evidence("classifier")
    strip = section(seen).parts[1]
    records = [r for r in seen.records if r.stage == "pretrain/1"]
    chains = max(records, key=lambda record: record.epoch).tensors()["chains"]
    below = seen.models["machine"].machine.graphs[0]
    with torch.no_grad():
        expected = below.units["v"].mean(below.field("v", {"h": chains[:10]}))
    np.testing.assert_allclose(first_tiles(strip)[-10:].reshape(10, 64), expected, atol=1e-5)


def test_the_same_run_gives_the_same_samples_and_leaves_torch_alone(evidence):
    before = torch.random.get_rng_state()
    one, other = (section(evidence("energy")).parts[-1] for _ in range(2))
    np.testing.assert_array_equal(first_tiles(one), first_tiles(other))
    assert torch.equal(before, torch.random.get_rng_state())


def test_reconstructions_stand_in_where_no_chains_were_kept(evidence, monkeypatch):
    seen = evidence("energy")
    kept = {"reconstructions": torch.full((12, 64), 0.5)}
    monkeypatch.setattr(type(seen.records[0]), "tensors", lambda self: kept)
    assert section(seen).parts[0].alt.startswith("10 reconstructions during training")


def test_samples_of_a_machine_that_may_go_on_are_not_called_finished(evidence):
    seen = evidence("energy")
    for status, title in (("done", "finished machine"), ("interrupted", "machine so far")):
        seen.status["status"] = status
        assert section(seen).parts[-1].figure.texts[0].get_text() == title


def test_none_are_drawn_where_the_recipe_asks_for_none(evidence):
    seen = evidence("energy")
    seen.recipe["report"]["samples"] = 0
    assert len(section(seen).parts) == 1


def test_nothing_for_rows_that_are_no_pictures(evidence):
    assert ENTRY.section(evidence("table")) is None
    assert ENTRY.section(evidence("failed")) is None


def test_many_epochs_are_thinned_first_and_last_kept():
    assert _spaced(list(range(100)))[0] == 0
    assert _spaced(list(range(100)))[-1] == 99
    assert len(_spaced(list(range(100)))) == 8
    assert _spaced([1, 2]) == [1, 2]


@torch.no_grad()
def test_a_net_with_labels_shows_a_row_of_each_class(evidence):
    """A net that was told what to think of: under label k pixel k is on, and no other."""
    net = belief_net(64, 10, 10, classes=10, std=0.0)
    (bottom, top), eye = net.graphs, torch.eye(10)
    bottom.connections["v-h"].weight[:, :10] = 20 * eye
    bottom.units["v"].bias.fill_(-10)
    top.connections["v-h"].weight.copy_(20 * eye)
    top.connections["y-h"].weight.copy_(40 * eye)
    top.units["v"].bias.fill_(-10)
    top.units["h"].bias.fill_(-30)
    seen = evidence("classifier")
    seen.__dict__["models"] = {"machine": adapted(net)}
    drawn = section(seen).parts[-1]
    assert drawn.alt.endswith("a line for each of 10 classes")
    shown = first_tiles(drawn).reshape(10, 10, 64)
    assert (shown.argmax(2) == np.arange(10)[:, None]).all()
    np.testing.assert_allclose(shown.sum(2), 1, atol=0.01)


def test_samples_of_a_prior_speak_of_no_chains(evidence):
    seen = evidence("drawn")
    seen.read_data()
    *_, fresh = section(seen).parts
    assert fresh.alt == "20 images sampled from the model"
    assert "20 codes drawn from the prior" in fresh.caption
    assert not any(word in fresh.caption for word in ("chain", "sweep"))
    drawn = seen.models["machine"].sample(20, source=seen.source())["x"]
    np.testing.assert_allclose(first_tiles(fresh).reshape(20, 64), drawn, atol=1e-6)
