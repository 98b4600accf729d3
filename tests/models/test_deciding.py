"""A model with probabilities decides for the most probable class."""

import torch

from harmonium.models.deciding import MostProbable


class Known(MostProbable):
    def log_probs(self, batch):
        return batch["x"].log()


def test_it_takes_the_most_probable_class_and_of_equal_ones_the_first():
    p = torch.tensor([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2]], dtype=torch.float64)
    assert Known().decide({"x": p}).tolist() == [1, 0]
