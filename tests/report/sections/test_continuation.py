"""The section of continuations."""

from types import SimpleNamespace

import torch

from harmonium.machines import ConditionalRBM
from harmonium.models import TemporalModel, adapted
from harmonium.nets import MLP
from harmonium.random import generator, seeded
from harmonium.report.sections.continuation import section
from tests.stages.test_series import folded


def evidence(model, data):
    return SimpleNamespace(
        models={"machine": model},
        data=data,
        able=lambda _: model,
        held_out=("test", data.test),
        source=lambda: generator(0),
    )


def test_a_picture_for_some_series_with_every_channel():
    with seeded(0):
        model = TemporalModel(ConditionalRBM(1, 3, lags=2))
    found = section(evidence(model, folded()))
    assert [p.alt for p in found.parts] == [
        f"test series {k}: measured, predicted one step ahead, and continued from frame 20"
        for k in (0, 10, 20)
    ]
    (panel,) = found.parts[0].figure.axes
    measured, predicted, *drawn = (line.get_xydata() for line in panel.lines[:5])
    assert (len(measured), len(predicted), len(drawn)) == (40, 38, 3)
    torch.testing.assert_close(
        torch.tensor(measured[:, 1]).float(), folded().test.x[0], atol=1e-6, rtol=0
    )
    assert predicted[0, 0] == 2
    assert drawn[0][0, 0] == 20


def test_series_that_are_too_short_are_named():
    with seeded(0):
        model = TemporalModel(ConditionalRBM(1, 3, lags=25))
    assert section(evidence(model, folded())) == "the series are too short to be continued"


def test_other_models_are_not_mentioned():
    with seeded(0):
        net = adapted(MLP([2, 3, 2]))
    assert section(evidence(net, folded())) is None
