"""The loss of a codec: of rows that are given back, of the code, and of penalties on the code."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.learning.bounds_of_codes import importance_weighted

__all__ = ["Coding"]

Penalty = Callable[..., Tensor]
"""A function (codec, rows as seen ``(B, D)``, code=their codes) that gives ``(B,)`` or ()."""


class Coding:
    r"""An objective whose targets are the rows themselves, given back through a code.

    .. math:: z = e(\tilde x), \quad c = \text{code}(z), \qquad
              L(x, d(c)) + \beta \, \text{cost}(z) + \sum_p p(\tilde x, c)

    The net reads damaged rows, :math:`\tilde x`, and is to give back the rows as they were: a
    denoising autoencoder (Vincent et al., 2010, https://www.jmlr.org/papers/v11/vincent10a.html).
    Without damage :math:`\tilde x = x`. The cost of a code with a prior is its divergence from
    the prior, so that with beta 1 the loss is minus the lower bound on log p(x) of Kingma and
    Welling (2014, https://arxiv.org/abs/1312.6114). With several samples of such a code it is
    minus the tighter bound of Burda et al. (2016, https://arxiv.org/abs/1509.00519):

    .. math:: -\log \frac1K \sum_{k=1}^K \exp \big( -L(x, d(c_k)) + \log p(c_k) - \log q(c_k | x)
              \big)

    Args:
        objective: what compares outputs of the decoder and targets, "y" of its batch.
        damage: rows ``(B, *shape)`` -> a damaged copy, drawn anew for every batch; None: none.
        penalties: functions of the codec, the rows as seen and their codes, whose values are
            added; one for the whole batch is added to every row, which leaves the mean the same.
        beta: weight of the code's cost.
        samples: K, the samples of a code with a prior.
        figure: name under which the loss is written down, as in ``harmonium.figures``; None: that
            of the objective.

    Raises:
        ValueError: several samples are combined with penalties or with a beta other than 1.
    """

    def __init__(
        self,
        objective: Any,  # noqa: ANN401
        *,
        damage: Callable[[Tensor], Tensor] | None = None,
        penalties: Sequence[Penalty] = (),
        beta: float = 1.0,
        samples: int = 1,
        figure: str | None = None,
    ) -> None:
        if samples > 1 and (penalties or beta != 1):
            raise UsageError(
                f"samples is {samples}, and their bound has neither penalties nor a beta: leave "
                "these out, or make samples 1"
            )
        self.objective, self.damage = objective, damage
        self.penalties, self.beta, self.samples = tuple(penalties), beta, samples
        self.figure = str(objective.figure) if figure is None else figure

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs of nets that the objective can compare."""
        return tuple(self.objective.outputs)

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in the units of the objective.

        Args:
            net: a codec, ``nets.Codec``.
            batch: "x" ``(B, *shape)``.
        """
        clean = batch["x"]
        seen = clean if self.damage is None else self.damage(clean)
        codec: Any = net
        z, y = codec.encoder(seen), clean.flatten(1)
        if self.samples > 1:
            return self._bound(codec, z, y=y)
        c = codec.code(z)
        loss: Tensor = self.objective(codec.decoder, {"x": c, "y": y})
        loss = loss + self.beta * codec.code.cost(z)
        for penalty in self.penalties:
            loss = loss + penalty(codec, seen, code=c)
        return loss

    def _bound(self, codec: Any, z: Tensor, *, y: Tensor) -> Tensor:  # noqa: ANN401
        """Minus the bound of several samples, ``(B,)``."""
        k = self.samples
        z, y = z.repeat_interleave(k, 0), y.repeat_interleave(k, 0)
        c = codec.code.draw(z, codec.code.source)
        log_weights = codec.code.log_ratio(z, c) - self.objective(codec.decoder, {"x": c, "y": y})
        return -importance_weighted(log_weights.reshape(-1, k).mT)
