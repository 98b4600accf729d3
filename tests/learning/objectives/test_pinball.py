"""The pinball loss: by hand, and least at the quantiles."""

import pytest
import torch

from harmonium.learning.objectives import Pinball
from harmonium.learning.objectives.pinball import pinball


def made(quantiles, unit=1.0):
    """A net that gives these quantiles ``(K,)`` for every row of one step and channel."""

    class Net:
        levels = (0.05, 0.5, 0.95)

        def __call__(self, x):
            return torch.tensor(quantiles).expand(len(x), -1)[..., None, None]

        def unit(self, x):
            return torch.full((len(x), 1, 1), unit)

    return Net()


def test_by_hand():
    batch = {"x": torch.zeros(1, 3, 1), "y": torch.tensor([[4.0]])}
    loss = Pinball()(made([2.0, 3.0, 6.0]), batch)  # gaps 2, 1 and -2
    assert loss.tolist() == pytest.approx([0.05 * 2 + 0.5 * 1 + 0.05 * 2])
    assert Pinball()(made([2.0, 3.0, 6.0], unit=2.0), batch).tolist() == pytest.approx([0.35])


@pytest.mark.parametrize("level", [0.05, 0.5, 0.9])
def test_it_is_least_at_the_quantile(level):
    y = torch.randn(4001, generator=torch.Generator().manual_seed(0)).double()
    places = torch.linspace(-3, 3, 601).double()
    losses = pinball(y[:, None] - places, torch.tensor(level)).mean(0)
    assert float(places[losses.argmin()]) == pytest.approx(float(y.quantile(level)), abs=0.011)
