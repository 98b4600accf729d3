"""An ordinary net that classifies rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from harmonium.files import sealed, write_whole
from harmonium.models.abilities import Batch
from harmonium.models.model import Model

__all__ = ["Classifier"]


class Classifier(Model):
    """A net from the column "x" to logits of the classes.

    Args:
        net: ``(B, D) -> (B, classes)``; its last module is the output layer. It is shared.
    """

    def __init__(self, net: nn.Sequential) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        """Logits, ``(B, D) -> (B, classes)``."""
        return self.net(x)

    @torch.no_grad()
    def log_probs(self, batch: Batch) -> Tensor:
        """log p(class | x), ``(B, classes)``, in nats."""
        return self.net(batch["x"]).log_softmax(1)

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """What the output layer reads, ``(B, units)``, as the layer "net"."""
        return {"net": self.net[:-1](batch["x"])}

    def filters(self) -> dict[str, Tensor]:
        """Weights of the first layer, where it is dense and reads the rows themselves."""
        first = next((m for m in self.net if [*m.parameters()]), None)
        return {"h1": first.weight.detach()} if isinstance(first, nn.Linear) else {}

    def outline(self) -> list[dict[str, Any]]:
        """One row for each module with parameters."""
        return [
            {
                "part": name,
                "kind": type(part).__name__,
                "shape": tuple(next(part.parameters()).shape),
                "parameters": sum(p.numel() for p in part.parameters()),
            }
            for name, part in self.net.named_children()
            if [*part.parameters()]
        ]

    def saved(self) -> dict[str, Any]:
        """The parameters."""
        return self.net.state_dict()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Takes saved parameters back."""
        self.net.load_state_dict(saved)

    def save(self, path: Path) -> None:
        """Writes the parameters to a safetensors file that says how many outputs there are."""
        tensors = {n: x.detach().cpu().contiguous() for n, x in self.net.state_dict().items()}
        *_, head = self.net.parameters()  # its bias
        outputs = len(head)
        write_whole(path, sealed(safetensors.torch.save(tensors, {"outputs": str(outputs)})))
