"""Contrastive divergence of series; its gradients are a law (tests/laws/test_temporal.py)."""

import torch

from harmonium.learning.objectives.series import SeriesContrast, draws, known_frames
from harmonium.machines import ConditionalRBM
from harmonium.random import generator, seeded


def test_frames_after_the_end_are_unknown():
    found = known_frames(torch.zeros(2, 4, 1), torch.tensor([4.0, 1.0]))
    assert found.sum(1).tolist() == [4, 1]
    assert bool(known_frames(torch.zeros(2, 4, 1), None).all())


def test_the_loss_is_the_mean_gap_of_free_energies_over_known_frames():
    with seeded(0):
        machine = ConditionalRBM(2, 4, lags=2, std=0.5).double()
    x = torch.randn(3, 7, 2, generator=generator(1), dtype=torch.float64)
    length = torch.tensor([7.0, 5.0, 2.0])
    machine.source = generator(2)
    found = SeriesContrast(3)(machine, {"x": x, "length": length})
    v, fields = machine.frames(x)
    known = [0, 1, 2, 3, 4, 5, 6, 7]  # five frames of the first series, three of the second
    v, fields = v[known], {name: f[known] for name, f in fields.items()}
    view = machine.given(fields)
    drawn = draws(view, v, steps=3, source=generator(2))
    gap = view.free_energy({"v": v}, ("h",)) - view.free_energy({"v": drawn}, ("h",))
    expected = torch.stack([gap[:5].mean(), gap[5:].mean(), torch.zeros(()).double()])
    torch.testing.assert_close(found, expected)
