"""Units on patches in a report: their rates, their tuning, their best patches."""

import numpy as np
import pytest
import torch

from harmonium.learning.frequencies import selectivity, tuning
from harmonium.report.evidence import Evidence
from harmonium.report.sections.patches import ENTRY, section
from harmonium.training import train

RECIPE = {
    "threads": 1,
    "data": {
        "source": {"type": "patches", "count": 300, "flatten_spectrum": True},
        "transforms": ["squash"],
    },
    "model": {"type": "autoencoder", "units": [64, 6], "activation": "logistic"},
    "train": {
        "type": "reconstruction",
        "epochs": 3,
        "objective": "brier",
        "penalties": [{"type": "rate", "target": 0.1}],
    },
}


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    found = Evidence(train(RECIPE, output=tmp_path_factory.mktemp("patches")))
    found.read_data()
    return found


def test_the_figures_are_those_of_the_units(learned):
    table, picture = section(learned).parts
    figures = dict(table.rows)
    net = learned.models["machine"].net
    with torch.no_grad():
        h = net.encode(learned.data.train.x)
    rates = h.mean(0)
    assert figures["mean activity, mean over units"] == pytest.approx(float(rates.mean()))
    assert figures["mean activity, lowest unit"] == pytest.approx(float(rates.min()))
    shares = tuning(net.encoder[0].weight.detach().reshape(6, 8, 8))
    assert figures["units with at least 0.75 of it there"] == int((shares >= 0.75).sum())
    turned = selectivity(net.encoder[0].weight.detach().reshape(6, 8, 8))
    assert figures["units of at least 0.5"] == int((turned >= 0.5).sum())
    assert figures["selectivity of directions, median"] == pytest.approx(float(turned.median()))
    assert "10 training patches that activate each of 6 units most" in picture.alt
    first = np.asarray(picture.figure.axes[0].images[0].get_array())
    unit = int(h.std(0).argmax())
    best = learned.data.train.x[int(h[:, unit].argmax())].reshape(8, 8)
    low, high = learned.grey
    np.testing.assert_allclose(first, (best.numpy() - low) / (high - low), atol=1e-6)


def test_other_data_are_not_mentioned(learned, monkeypatch):
    monkeypatch.setitem(learned.recipe["data"], "source", "digits")
    assert section(learned) is None
    assert ENTRY.section(learned) is None
    assert "Units on patches" not in learned.left_out
