"""The base class of models of ordinary nets."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from harmonium.data import Examples, Rows, check_range
from harmonium.errors import UsageError
from harmonium.files import sealed, write_whole
from harmonium.models.abilities import Batch
from harmonium.models.model import Model
from harmonium.nets.anatomy import LayerFacts, anatomy
from harmonium.nets.seeing import convolutions
from harmonium.registry import class_of
from harmonium.storage import save

__all__ = ["NetModel", "first_filters"]


_RANGES = {
    "probabilities": (1, "add a `scale` transform"),
    "shares": (None, "give counts"),
}
"""Kind of outputs -> the largest value of a row, and the remedy where a row has others."""


class NetModel(Model):
    """A net that reads the column "x".

    Args:
        net: ``(B, D) -> (B, outputs)``, or ``(B, *shape) -> (B, outputs)`` for a net with the
            attribute ``shape``; shared, not copied, and set to evaluation mode.
    """

    growth = "finite"
    """Rows of any size are valid, since no energy grows with them."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self._modules["net"] = net.eval()
        if kernels := convolutions(net):
            self.convolutions = kernels

    def forward(self, x: Tensor) -> Tensor:
        """Outputs of the net, ``(B, D) -> (B, outputs)``."""
        found: Tensor = self.net(x)
        return found

    @property
    def net(self) -> Any:  # noqa: ANN401
        """The net. A property, since checks of abilities do not see what ``__getattr__`` finds."""
        return self._modules["net"]

    @property
    def width(self) -> int:
        """Number of values of a row."""
        return self.sizes[0]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of values of a row, then number of units of every layer."""
        known = getattr(self.net, "units", None)
        if known is not None:
            return tuple(known)
        dense = [part for part in self.net.modules() if isinstance(part, nn.Linear)]
        return (dense[0].in_features, *(part.out_features for part in dense)) if dense else ()

    @property
    def output_kind(self) -> str:
        """Kind of the outputs, such as "classes" (logits), "values", "probabilities", "scores"."""
        return getattr(self.net, "output_kind", "classes")

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Shape of an example for a net that needs it, such as pictures; None: flat rows."""
        return getattr(self.net, "shape", None)

    def reads(self, rows: Examples) -> Examples:
        """Returns the rows in the form that the net reads: in their kind's shape, or flat."""
        return rows.flattened() if self.shape is None or len(self.shape) == 1 else rows

    def check(self, batch: Batch) -> None:
        """Raises ValueError where rows do not fit the net, or lie outside a required [0, 1]."""
        self.check_shape(batch)
        if self.output_kind in _RANGES:
            high, remedy = _RANGES[self.output_kind]
            check_range(
                batch["x"],
                name="the values",
                low=0,
                high=high,
                user=f"outputs that are {self.output_kind} need",
                remedy=f"{remedy}, or set the model's outputs to values",
            )

    def check_shape(self, batch: Batch) -> None:
        """Raises ValueError where the shape of rows does not fit the net."""
        x = batch["x"]
        if self.shape is not None and _longer(x.shape[1:]) != _longer(self.shape):
            raise UsageError(
                f"examples of shape {tuple(x.shape[1:])}, but the net reads {tuple(self.shape)}: "
                "give the net the shape of the data's examples"
            )
        if x.flatten(1).shape[1] != self.width:
            raise UsageError(
                f"rows of shape {tuple(x.shape)}, but the net reads {self.width} values: give "
                f"(N, {self.width})"
            )

    def take_units(self, columns: Mapping[str, Rows]) -> None:
        """Sets the units of the targets from training rows, if the net rescales its outputs."""
        rescaled: Any = getattr(self.net, "rescaled", None)
        if rescaled is not None:
            rescaled.fit(columns["y"], columns.get("weights"))

    def outline(self) -> list[dict[str, Any]]:
        """One row for each module with parameters of its own."""
        return [
            {
                "part": name or "units",
                "kind": type(part).__name__,
                "shape": tuple(next(part.parameters(recurse=False)).shape),
                "parameters": sum(p.numel() for p in part.parameters(recurse=False)),
            }
            for name, part in self.net.named_modules()
            if [*part.parameters(recurse=False)]
        ]

    def anatomy(self, depth: int | None = None) -> list[LayerFacts]:
        """Layers of a described net (``nets.anatomy``); empty for other nets."""
        described: Any = self.net if hasattr(self.net, "nodes") else None
        return [] if described is None else anatomy(described, depth)

    def saved(self) -> dict[str, Any]:
        """The parameters, by name."""
        return self.net.state_dict()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Restores saved parameters."""
        self.net.load_state_dict(saved)

    def save(self, path: Path) -> None:
        """Writes the whole net to a file; of an unrolled net, only the parameters.

        An unrolled net is rebuilt from the saved machine and the number of its outputs.
        """
        if class_of("Model", type(self.net).__name__) is type(self.net):
            save(self.net, path)
            return
        tensors = {n: x.detach().cpu().contiguous() for n, x in self.net.state_dict().items()}
        *_, head = self.net.parameters()  # bias of the output layer
        outputs = len(head)
        write_whole(path, sealed(safetensors.torch.save(tensors, {"outputs": str(outputs)})))


def _longer(shape: Sequence[int]) -> list[int]:
    """The axes of a shape that have more than one value."""
    return [n for n in shape if n != 1]


@torch.no_grad()
def first_filters(net: nn.Module) -> dict[str, Tensor]:
    """Weights of the first layer, if it is dense and reads the rows directly."""
    first = next((m for m in net.modules() if [*m.parameters(recurse=False)]), None)
    return {"h1": first.weight.detach()} if isinstance(first, nn.Linear) else {}
