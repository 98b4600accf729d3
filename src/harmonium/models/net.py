"""What the models of ordinary nets have in common."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from harmonium.data import Rows, check_range
from harmonium.errors import UsageError
from harmonium.files import sealed, write_whole
from harmonium.models.abilities import Batch
from harmonium.models.model import Model
from harmonium.registry import class_of
from harmonium.storage import save

__all__ = ["NetModel", "first_filters"]


class NetModel(Model):
    """A net that reads the column "x".

    Args:
        net: ``(B, D) -> (B, outputs)``; it is shared, not copied.
    """

    growth = "finite"
    """Rows of any size are taken: no energy grows with them."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        """What the net gives, ``(B, D) -> (B, outputs)``."""
        found: Tensor = self.net(x)
        return found

    @property
    def width(self) -> int:
        """Values of a row."""
        return self.sizes[0]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Values of a row and units of every layer."""
        known = getattr(self.net, "units", None)
        if known is not None:
            return tuple(known)
        dense = [part for part in self.net.modules() if isinstance(part, nn.Linear)]
        return (dense[0].in_features, *(part.out_features for part in dense)) if dense else ()

    @property
    def output_kind(self) -> str:
        """What the outputs are: "classes" (logits), "values", "probabilities" or "scores"."""
        return getattr(self.net, "output_kind", "classes")

    def check(self, batch: Batch) -> None:
        """Raises ValueError where rows have another width, or should be in [0, 1] and are not."""
        x = batch["x"]
        if x.flatten(1).shape[1] != self.width:
            raise UsageError(
                f"rows of shape {tuple(x.shape)}, but the net reads {self.width} values: give "
                f"(N, {self.width})"
            )
        if self.output_kind == "probabilities":
            check_range(
                x,
                name="the values",
                low=0,
                high=1,
                user="outputs that are probabilities need",
                remedy="add a `scale` transform, or set the model's outputs to values",
            )

    def take_units(self, columns: Mapping[str, Rows]) -> None:
        """Takes the units of the targets from training rows, where the net has a part for them."""
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

    def saved(self) -> dict[str, Any]:
        """The parameters."""
        return self.net.state_dict()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Takes saved parameters back."""
        self.net.load_state_dict(saved)

    def save(self, path: Path) -> None:
        """Writes the net to a file: whole, or of one that was unrolled the parameters only.

        An unrolled net is made again from the machine beside it and the number of its outputs.
        """
        if class_of("Machine", type(self.net).__name__) is type(self.net):
            save(self.net, path)
            return
        tensors = {n: x.detach().cpu().contiguous() for n, x in self.net.state_dict().items()}
        *_, head = self.net.parameters()  # its bias
        outputs = len(head)
        write_whole(path, sealed(safetensors.torch.save(tensors, {"outputs": str(outputs)})))


@torch.no_grad()
def first_filters(net: nn.Module) -> dict[str, Tensor]:
    """Weights of the first layer, where it is dense and reads the rows themselves."""
    first = next((m for m in net.modules() if [*m.parameters(recurse=False)]), None)
    return {"h1": first.weight.detach()} if isinstance(first, nn.Linear) else {}
