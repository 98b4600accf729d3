"""An ability is a method: whatever has it can be asked."""

import torch

from harmonium.models import Classifies, Encodes


class Odd:
    """Not one of ours."""

    def log_probs(self, batch):
        return torch.zeros(len(batch["x"]), 2)


def test_any_object_with_the_method_has_the_ability():
    assert isinstance(Odd(), Classifies)
    assert not isinstance(Odd(), Encodes)
