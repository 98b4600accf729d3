"""A net whose outputs are the values of actions."""

from typing import Any

from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.nets.codec import Net

__all__ = ["ActionValues"]


@checked
class ActionValues(nn.Module):
    r"""The value of every action in an observation, ``(B, *shape) -> (B, actions)``.

    .. math:: Q(s, a) = f_a(s) \qquad \text{or} \qquad
              Q(s, a) = f_0(s) + f_a(s) - \langle f_{a'}(s) \rangle_{a'}

    The second form is the dueling net: its output 0 is the value of the state, the others are
    advantages of the actions. It learns the value from every action. (Wang et al., 2016,
    https://arxiv.org/abs/1511.06581.)

    Args:
        net: from an observation to one number for each action; a dueling net has one more.
        actions: number of actions.
        dueling: whether value and advantages are separate outputs.

    Raises:
        ValueError: the net has another number of outputs.

    >>> import torch
    >>> from harmonium.nets import MLP
    >>> net = ActionValues(MLP([4, 32, 3]), actions=2, dueling=True)
    >>> net(torch.zeros(5, 4, dtype=torch.float32)).shape
    torch.Size([5, 2])
    """

    output_kind = "actions"

    def __init__(self, net: Net, actions: Count, *, dueling: bool = False) -> None:
        super().__init__()
        self.net: Any = net
        self.dueling = dueling
        self.settings: dict[str, Any] = {"net": net, "actions": actions, "dueling": dueling}
        sizes: Any = net.units
        if (given := sizes[-1]) != (needed := actions + dueling):
            why = " and 1 for the value of a dueling net" if dueling else ""
            raise UsageError(
                f"the net has {given} outputs, and {actions} actions{why} need {needed}: change "
                "its last size"
            )

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of an observation, units of every layer, number of actions."""
        return (*self.net.units[:-1], int(self.settings["actions"]))

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Shape of an observation for a net that needs it, such as pictures; None: flat rows."""
        return getattr(self.net, "shape", None)

    def forward(self, x: Tensor) -> Tensor:
        """Values of all actions, ``(B, *shape) -> (B, actions)``."""
        outputs: Tensor = self.net(self._read(x))
        if not self.dueling:
            return outputs
        value, advantages = outputs[:, :1], outputs[:, 1:]
        return value + advantages - advantages.mean(1, keepdim=True)

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Hidden layer -> its activities ``(B, units)``."""
        found: dict[str, Tensor] = self.net.activities(self._read(x))
        return found

    def _read(self, x: Tensor) -> Tensor:
        """Observations as the inner net reads them: in their shape, or flat."""
        return x.flatten(1) if self.shape is None else x
