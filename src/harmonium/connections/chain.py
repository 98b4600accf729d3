"""A chain of linear connections that acts as one."""

from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor, nn

from harmonium.connections.base import Connection
from harmonium.errors import UsageError

__all__ = ["Chain"]


class Chain(Connection):
    r"""One connection made of several in a row: :math:`E(x, y) = -y \cdot C_n \cdots C_1 x`.

    ``Chain([SumPool(...), Convolution(...)])`` is the upper edge of max-pooled maps. At most one
    part has parameters, so that the energy is linear in them.

    Args:
        parts: linear connections; each starts from the shape at which the last one ends.

    Raises:
        ValueError: the shapes do not fit, a part is not linear, or several have parameters.
    """

    full: ClassVar[bool] = False

    def __init__(self, parts: Sequence[Connection]) -> None:
        if not parts or not all(isinstance(part, Connection) and part.linear for part in parts):
            raise UsageError("Chain: give at least one connection; all of them must be linear")
        for below, above in zip(parts, parts[1:], strict=False):
            if below.target != above.source:
                raise UsageError(
                    f"Chain: {type(below).__name__} ends at {tuple(below.target)}, but "
                    f"{type(above).__name__} starts from {tuple(above.source)}"
                )
        if sum(any(True for _ in part.parameters()) for part in parts) > 1:
            raise UsageError("Chain: several parts have parameters; at most one may have some")
        super().__init__(parts[0].source, parts[-1].target)
        self.parts = nn.ModuleList(parts)

    @property
    def settings(self) -> dict[str, Any]:
        """The parts."""
        return {"parts": [*self.parts]}

    def forward(self, x: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """All parts in turn, the field on the target."""
        field = self._up(x, len(self.parts))
        return field if rows is None else field.flatten(1)[:, rows]

    def adjoint(self, y: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """The adjoints of all parts from the last to the first, the field on the source."""
        field = self._down(y, 0)
        return field if rows is None else field.flatten(1)[:, rows]

    def _up(self, x: Tensor, n: int) -> Tensor:
        """The first n parts applied to x."""
        for part in list(self.parts)[:n]:
            x = part(x)
        return x

    def _down(self, y: Tensor, n: int) -> Tensor:
        """The adjoints of all parts from the last down to number n applied to y."""
        for part in reversed(list(self.parts)[n:]):
            y = part.adjoint(y)  # type: ignore[operator]
        return y

    def energy(self, x: Tensor, y: Tensor) -> Tensor:
        """-y . C x in nats, ``(B,)``."""
        return -(y * self(x)).flatten(1).sum(1)

    def correlate(self, x: Tensor, y: Tensor, *, weights: Tensor) -> dict[str, Tensor]:
        """That of each part, between x passed up to it and y passed down to it."""
        named: dict[str, Tensor] = {}
        for k, part in enumerate(self.parts):
            if any(True for _ in part.parameters()):
                grads = part.correlate(  # type: ignore[operator]
                    self._up(x, k), self._down(y, k + 1), weights=weights
                )
                named |= {f"parts.{k}.{name}": grad for name, grad in grads.items()}
        return named

    def blocks(self) -> Sequence[Tensor] | None:
        """None: it does not join a group to itself."""
        return None

    def layer(self, *, transposed: bool = False) -> nn.Module:
        """The layers of all parts in turn."""
        order = reversed(list(self.parts)) if transposed else self.parts
        return nn.Sequential(*(part.layer(transposed=transposed) for part in order))  # type: ignore[operator]
