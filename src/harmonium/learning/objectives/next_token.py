"""The negative log-likelihood of every next symbol of a text."""

from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["NextToken"]


class NextToken:
    r"""The mean cost of the next symbol, :math:`-\log p(x_{t+1} | x_1, \dots, x_t)`, in nats.

    .. math:: \ell_b = \frac{B}{n} \sum_t -\log p(x_{b,t+1} \mid x_{b,1}, \dots, x_{b,t})

    where n is the number of symbols of all B rows that follow another one, so that the mean of
    the rows is the mean over symbols. Places of -1 hold no symbol.
    """

    outputs: ClassVar[tuple[str, ...]] = ("tokens",)
    figure: ClassVar[str] = "token_nats"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in nats, from a state of zeros.

        Args:
            net: ``(B, T) -> (B, T, symbols)`` and a state.
            batch: "x" ``(B, T + 1)``, int64.
        """
        return self.carried(net, batch, state=None)[0]

    def carried(
        self,
        net: nn.Module,
        batch: Mapping[str, Tensor],
        *,
        state: Any,  # noqa: ANN401
    ) -> tuple[Tensor, Any]:
        """The loss of each row that begins in a state, and the state after its last step."""
        x = batch["x"]
        logits, after = net(x[:, :-1].clamp(min=0), state)
        wanted = x[:, 1:]
        costs = functional.cross_entropy(
            logits.flatten(0, 1), wanted.flatten(), ignore_index=-1, reduction="none"
        )
        n = (wanted >= 0).sum().clamp(min=1)
        return costs.view(wanted.shape).sum(1) * len(x) / n, after
