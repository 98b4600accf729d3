"""Measures overfitting of an energy model by the free energies of validation and training rows."""

import torch
from torch import Tensor

from harmonium.learning import Watch
from harmonium.models import FreeEnergies

__all__ = ["FreeEnergyWatch"]


class FreeEnergyWatch(Watch):
    """The difference of the mean free energies of validation and training rows.

    Args:
        model: a model with a free energy in closed form.
        train: training rows, ``(n, D)``.
        validation: validation rows, ``(m, D)``.
    """

    def __init__(self, model: FreeEnergies, train: Tensor, *, validation: Tensor) -> None:
        self.model, self.train, self.validation = model, train, validation

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``rbm/free_energy_gap``: validation less training, nats per row; overfitting raises it.

        (Hinton, 2012, section 15, https://doi.org/10.1007/978-3-642-35289-8_32.)
        """
        del epoch
        held, own = (
            float(self.model.free_energy({"x": x}).double().mean())
            for x in (self.validation, self.train)
        )
        return {"rbm/free_energy_gap": held - own}
