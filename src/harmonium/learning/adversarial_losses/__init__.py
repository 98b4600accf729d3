"""Losses of adversaries: what the scores of the discriminator are worth to both players.

Each has ``real`` and ``made``, the parts of the discriminator's loss for rows of the data and for
made rows, and ``generator``, the generator's loss: functions from scores ``(B,)`` to ``(B,)``. Its
``penalty`` is the weight of the gradient penalty of the discriminator (``learning.adversarial``).
"""

from harmonium.learning.adversarial_losses.hinge import Hinge
from harmonium.learning.adversarial_losses.non_saturating import NonSaturating
from harmonium.learning.adversarial_losses.wasserstein import Wasserstein

__all__ = ["Hinge", "NonSaturating", "Wasserstein"]
