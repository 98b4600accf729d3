"""The moving line: one frame for every change, the last one what was learned."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from harmonium.report.areas import frame_of, grid
from harmonium.report.sections import decision_line
from harmonium.report.sections.decision_line import ENTRY, section
from harmonium.watch import joined
from tests.report.sections import gates


@pytest.fixture
def learned():
    return gates.gate("and")


def test_the_animation_has_a_frame_for_every_change(learned):
    (picture,) = section(learned).parts
    path = joined(record.tensors() for record in learned.records)
    whole = np.concatenate([path["weight"].flatten(1), path["bias"]], 1)
    changes = int((np.diff(whole, axis=0) != 0).any(1).sum())
    assert changes == learned.metrics[-1]["train/mistakes_total"] > 3
    assert Image.open(BytesIO(picture.moving)).n_frames == changes + 2
    assert f"The weights changed {changes} times" in picture.caption
    assert len(picture.moving) < 1_000_000


def test_the_last_frame_is_the_model(learned, monkeypatch):
    frames = []

    def kept(rows, labels, **settings):
        frames.append(settings)
        return real(rows, labels, **settings)

    real = decision_line.areas
    monkeypatch.setattr(decision_line, "areas", kept)
    section(learned)
    net = learned.models["machine"].net
    points = grid(frame_of(learned.data.train.x))
    scores = points @ net.weight.detach().numpy().T + net.bias.detach().numpy()
    assert np.array_equal(frames[-1]["decided"], scores.argmax(1))
    assert set(frames[0]["decided"].tolist()) == {0}
    assert frames[0]["title"] == "update 0"


def test_other_models_and_data_do_not_miss_it(evidence):
    for seen in (gates.digits(), evidence("table")):
        assert ENTRY.section(seen) is None
        assert "Decision line" not in seen.left_out


def test_without_a_path_there_is_a_reason(learned, monkeypatch):
    monkeypatch.setitem(learned.__dict__, "records", [])
    assert ENTRY.section(learned) is None
    assert "no path of the weights" in learned.left_out.pop("Decision line")
