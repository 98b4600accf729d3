"""Sees every operation of torch that a net makes, by its name."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["Operations"]


class Operations(TorchDispatchMode):
    """Within its context, calls ``done`` after every operation."""

    @abstractmethod
    def done(self, name: str, args: Sequence[Any], *, output: Any) -> None:  # noqa: ANN401
        """Called after each operation.

        Args:
            name: such as "convolution" or "addmm".
            args: its arguments.
            output: what it gave.
        """

    def __torch_dispatch__(  # noqa: PLR0917
        self,
        func: Any,  # noqa: ANN401
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Makes the operation."""
        del types
        output = func(*args, **(kwargs or {}))
        self.done(func.overloadpacket.__name__, args, output=output)
        return output
