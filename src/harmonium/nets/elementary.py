"""Rosenblatt's elementary perceptron: fixed random features before a layer that learns."""

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.random import initial

__all__ = ["ElementaryPerceptron"]


@checked
class ElementaryPerceptron(nn.Module):
    r"""Sensory, association and response units, ``(B, inputs) -> (B, classes)``.

    .. math:: a_j = \theta(\textstyle\sum_i c_{ji} x_i - \theta_j), \qquad
              s_k = w_k \cdot a + b_k

    with :math:`\theta(z) = [z \ge 0]`. Every association unit is connected to ``links`` inputs
    chosen at random, with strengths c of -1 or +1, which never change. Only the response units
    learn, by error correction on the features a. Before it learns, ``set_thresholds`` puts each
    threshold at the median of its unit's sum over the training rows, so that the unit is on for
    about half of them; without it they are all zero. Enough random features make any two classes
    of different binary rows separable, XOR among them. (Rosenblatt, 1958,
    https://doi.org/10.1037/h0042519.)

    Args:
        inputs: number of values of a row, the S units.
        associations: number of fixed random features, the A units.
        classes: number of classes, the R units.
        links: number of inputs of every A unit; all inputs, if there are fewer.

    >>> net = ElementaryPerceptron(4, 6, classes=2, links=3)
    >>> net.connections.abs().sum(1).tolist()
    [3.0, 3.0, 3.0, 3.0, 3.0, 3.0]
    """

    connections: Tensor
    thresholds: Tensor

    def __init__(
        self, inputs: Count, associations: Count, *, classes: Count, links: Count = 10
    ) -> None:
        super().__init__()
        s, a, r = int(inputs), int(associations), int(classes)
        self.settings: dict[str, Any] = {
            "inputs": s, "associations": a, "classes": r, "links": int(links),
        }  # fmt: skip
        self.register_buffer("connections", _drawn(a, s, links=min(int(links), s)))
        self.register_buffer("thresholds", torch.zeros(a, dtype=torch.float32))
        self.weight = nn.Parameter(torch.zeros((r, a), dtype=torch.float32))
        self.bias = nn.Parameter(torch.zeros(r, dtype=torch.float32))

    @property
    def output_kind(self) -> str:
        """Kind of the outputs: scores."""
        return "scores"

    @property
    def units(self) -> tuple[int, ...]:
        """Number of S, A and R units."""
        a, s = self.connections.shape
        return s, a, self.weight.shape[0]

    @torch.no_grad()
    def set_thresholds(self, x: Tensor) -> None:
        """Puts every threshold at the lower median of its unit's sum over rows ``(N, inputs)``.

        Raises:
            ValueError: there are no rows.
        """
        if not len(x):
            raise UsageError("thresholds are medians over training rows: give at least one row")
        sums = x.to(self.connections) @ self.connections.mT
        self.thresholds.copy_(sums.median(0).values)

    def features(self, x: Tensor) -> Tensor:
        """Which A units are on, ``(B, inputs) -> (B, associations)``, 0 or 1."""
        return (nn.functional.linear(x, self.connections, -self.thresholds) >= 0).to(x)

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """The A units as hidden layer: "h1", ``(B, associations)``."""
        return {"h1": self.features(x)}

    def forward(self, x: Tensor) -> Tensor:
        """Scores, ``(B, inputs) -> (B, classes)``."""
        return nn.functional.linear(self.features(x), self.weight, self.bias)

    def decide(self, x: Tensor) -> Tensor:
        """Class with the highest score, ``(B,)``, int64."""
        return self(x).argmax(1)

    def extra_repr(self) -> str:
        """Sizes, for ``repr``."""
        return ", ".join(f"{name}={value}" for name, value in self.settings.items())


def _drawn(associations: int, inputs: int, *, links: int) -> Tensor:
    """Strengths of -1 and +1 at ``links`` random places of every row, otherwise 0."""
    chosen = initial(associations, inputs).topk(links, 1).indices
    strengths = torch.zeros((associations, inputs), dtype=torch.float32, device=chosen.device)
    signs = initial(associations, links) < 0
    return strengths.scatter_(1, chosen, 1.0 - 2.0 * signs.float())
