"""The fit of a net while it learns: a curve or areas, one frame for each kept update."""

import warnings
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
import torch
from PIL import Image

from harmonium.report.areas import frame_of, grid
from harmonium.report.evidence import Evidence
from harmonium.report.sections import fit
from harmonium.report.sections.fit import ENTRY, section
from harmonium.training import train
from harmonium.watch import joined
from tests.report.sections import gates


def seen(source, model, **train_settings):
    """Evidence of a short run of a net."""
    recipe = {
        "threads": 1,
        "data": {"source": source},
        "model": {"type": "mlp", **model},
        "train": {"type": "supervised", "epochs": 6, **train_settings},
    }
    with warnings.catch_warnings(action="ignore"):  # a gate's test rows are its training rows
        evidence = Evidence(train(recipe, output=Path(mkdtemp())))
    evidence.read_data()
    return evidence


@pytest.fixture(scope="module")
def curve():
    source = {"type": "curve", "function": "sine", "rows": 30}
    model = {"units": [1, 5, 1], "activation": "tanh", "outputs": "values"}
    return seen(source, model, objective="squared_error", batch_size=10)


@pytest.fixture(scope="module")
def plane():
    return seen({"type": "ring", "rows": 40}, {"units": [2, 5, 2]}, batch_size=20)


def test_the_last_frame_of_a_curve_is_the_model(curve, monkeypatch):
    frames = []
    monkeypatch.setattr(
        fit, "animated", lambda figures: frames.extend(figures) or b"\x89PNG\r\n\x1a\n"
    )
    (picture,) = section(curve).parts
    assert len(frames) == 6 * 3 + 1  # after every update, and before the first
    points, line = frames[-1].axes[0].lines
    x = torch.as_tensor(line.get_xdata())[:, None].float()
    model = curve.models["machine"].net
    np.testing.assert_allclose(line.get_ydata(), model(x).detach()[:, 0], atol=1e-6)
    np.testing.assert_allclose(points.get_ydata(), curve.data.train.y[:, 0], atol=1e-6)
    first = frames[0].axes[0].lines[1].get_ydata()
    assert np.abs(first - line.get_ydata()).max() > 0.01
    assert frames[0].axes[0].get_title(loc="left") == "update 0"
    assert "from update 0 to update 18" in picture.caption


def test_the_last_frame_of_a_plane_is_the_model(plane, monkeypatch):
    frames = []
    real = fit.areas

    def kept(rows, labels, **settings):
        frames.append(settings)
        return real(rows, labels, **settings)

    monkeypatch.setattr(fit, "areas", kept)
    (picture,) = section(plane).parts
    points = torch.from_numpy(grid(frame_of(plane.data.train.x))).float()
    classes = plane.models["machine"].net(points).argmax(1)
    assert torch.equal(frames[-1]["decided"], classes)
    assert not torch.equal(frames[0]["decided"], classes)
    assert Image.open(BytesIO(picture.moving)).n_frames == len(frames) + 1
    assert len(picture.moving) < 1_000_000


def test_a_long_path_has_more_frames_at_its_start():
    chosen = fit._early(401, 48)
    assert len(chosen) <= 48
    assert (chosen[0], chosen[-1]) == (0, 400)
    steps = np.diff(chosen)
    assert steps[0] < steps[-1] / 4


def test_other_models_and_data_do_not_miss_it(evidence):
    for other in (gates.digits(), gates.gate("and"), evidence("table")):
        assert ENTRY.section(other) is None
        assert "Fit" not in other.left_out


def test_without_a_path_there_is_a_reason(curve, monkeypatch):
    monkeypatch.setitem(curve.__dict__, "records", [])
    assert ENTRY.section(curve) is None
    assert "no path of the net" in curve.left_out.pop("Fit")


def test_joined_paths_hold_every_parameter(curve):
    path = joined(record.tensors() for record in curve.records)
    named = dict(curve.models["machine"].net.named_parameters())
    assert {*path} == {*named, "update"}
    for name, p in named.items():
        assert torch.equal(path[name][-1], p)
