"""Outcomes by areas: games that the larger area wins."""

from types import SimpleNamespace

import pytest
import torch

from harmonium.baselines.area_count import AreaCount
from harmonium.data import DataSet, Examples, Numbers
from harmonium.data.go import Planes


def rows(n, source):
    """Boards of 5 x 5 without empty points; the larger area wins, black after komi of 3."""
    own = torch.rand(n, 25, generator=source) < torch.rand(n, 1, generator=source)
    colour = torch.arange(n) % 2
    x = torch.zeros(n, 49, 5, 5)
    x[:, 0], x[:, 1], x[:, -1] = own.view(n, 5, 5), ~own.view(n, 5, 5), colour[:, None, None]
    ahead = 2.0 * own.sum(1) - 25 + torch.where(colour == 1, -3, 3)
    won = torch.where(ahead > 0, 1.0, -1.0)[:, None]
    return Examples({"x": x.flatten(1), "y": won, "game": torch.arange(n).float()})


def test_areas_tell_who_wins_and_the_colour_alone_does_not():
    source = torch.Generator().manual_seed(0)
    kinds = {"x": Planes((49, 5, 5)), "y": Numbers((1,))}
    data = DataSet("toy", rows(300, source), test=rows(200, source), columns=kinds)
    trial = SimpleNamespace(data=data)
    both, colour = AreaCount()(trial), AreaCount(areas=False)(trial)
    assert both["outcome_error"] < 0.5
    assert both["winner_share"] > 0.95
    assert colour["outcome_error"] == pytest.approx(1, abs=0.08)
    means = [float(data.train.y[k::2].mean()) for k in (0, 1)]
    gap = data.test.y[:, 0] - torch.tensor(means)[torch.arange(200) % 2]
    assert colour["outcome_error"] == pytest.approx(float(gap.square().mean()), rel=1e-4)
