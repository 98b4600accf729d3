"""What the sections on convolutional nets look at: a net, some pictures, a layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harmonium.errors import UsageError
from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section

if TYPE_CHECKING:
    from torch import Tensor, nn

    from harmonium.data import Examples

__all__ = ["KERNELS", "NEEDS", "View", "of_net", "unit"]

KERNELS = Needs(model=("convolves",))
"""What a section needs that shows weights only."""

NEEDS = Needs(model=("convolves",), data=("held out", "pictures"))
"""What the others need."""

_SHOWN = 6


@dataclass(frozen=True)
class View:
    """A net of a run, and the held-out pictures at which it is looked.

    Args:
        evidence: the run.
        rows: numbers of held-out rows; None for the first of each class.
        layer: name of the layer to look at; None for the choice of each section.
    """

    evidence: Evidence
    rows: tuple[int, ...] | None = None
    layer: str | None = None

    @property
    def net(self) -> nn.Module:
        """The last net with convolutions."""
        net: nn.Module = self.evidence.able("convolves").net
        return net

    @property
    def name(self) -> str:
        """Name of the rows: test or validation."""
        return self._held_out[0]

    @property
    def split(self) -> Examples:
        """The held-out rows."""
        return self._held_out[1]

    @property
    def _held_out(self) -> tuple[str, Examples]:
        found = self.evidence.held_out
        assert found is not None  # by NEEDS
        return found

    @cached_property
    def chosen(self) -> Tensor:
        """Numbers of the rows shown.

        Raises:
            ValueError: there is no such row.
        """
        import torch

        split = self.split
        if self.rows is not None:
            wrong = [row for row in self.rows if not 0 <= row < len(split)]
            if wrong or not self.rows:
                raise UsageError(
                    f"there is no {self.name} row {wrong[0] if wrong else 'given'}: choose from 0 "
                    f"to {len(split) - 1}"
                )
            return torch.tensor(self.rows)
        if split.labels is None or not split.labelled_rows:
            return torch.arange(min(_SHOWN, len(split)))
        known = [k for k in split.labels.unique().tolist() if k >= 0][:_SHOWN]
        return torch.stack([(split.labels == k).nonzero()[0, 0] for k in known])

    def pictures(self, rows: Tensor) -> Tensor:
        """Held-out rows as the net reads them, ``(n, channels, height, width)``."""
        like = next(self.net.parameters())
        x = self.split.x.index_select(0, rows).to(like)
        return x.reshape(len(x), *self.shape)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of a picture, with its channels.

        Raises:
            ValueError: the net reads something else.
        """
        assert self.evidence.data is not None
        shape = tuple(getattr(self.net, "shape", None) or self.evidence.data.shape)
        shape = (1, *shape) if len(shape) == 2 else shape
        if len(shape) != 3:
            raise UsageError(f"the net reads examples of shape {shape}, which are no pictures")
        return shape

    @cached_property
    def x(self) -> Tensor:
        """The pictures shown, ``(n, channels, height, width)``."""
        return self.pictures(self.chosen)

    def grey(self, x: Tensor) -> Tensor:
        """Pictures ``(n, channels, height, width)`` as grey levels, the mean of the channels."""
        levels: Tensor = self.evidence.seen(x).reshape(len(x), *x.shape[1:]).mean(1)
        return levels

    def decisions(self) -> tuple[Tensor, list[str]]:
        """The largest output of each picture shown, ``(n,)``, and words on it.

        Words are the true class, the predicted one and its probability, as far as there are such.
        """
        import torch

        classes: Any = self.evidence.classes()
        with torch.no_grad():
            y = self.net(self.x).flatten(1)
        best, shares = y.argmax(1), y.softmax(1).amax(1)
        words = []
        for row, taken, share in zip(
            self.chosen.tolist(), best.tolist(), shares.tolist(), strict=True
        ):
            if not classes or len(classes) != y.shape[1]:
                words.append(f"row {row}: output {taken}")
                continue
            label = -1 if self.split.labels is None else int(self.split.labels[row])
            true = "?" if label < 0 else str(classes[label])
            words.append(f"{true} → {classes[taken]} ({share:.0%})")
        return best, words

    def stages(self) -> tuple[str, ...]:
        """Layers where the shape of the maps changes; only the chosen layer if there is one."""
        from harmonium.nets.seeing import stages

        return (self.layer,) if self.layer is not None else stages(self.net, self.x[0])

    def layer_words(self, name: str) -> str:
        """Name of a layer with its type: "conv1 (Conv2d)"."""
        return f"{name} ({type(self.net.get_submodule(name)).__name__})"


def of_net(
    evidence: Evidence,
    title: str,
    *,
    parts: Callable[[View], Sequence[str | Picture]],
    needs: Needs = NEEDS,
) -> Section | str | None:
    """Section on a convolutional net, or the reason why there is none; None for other models."""
    if not evidence.has("convolves"):
        return None
    reason = unmet(needs, evidence.models.values(), data=evidence.data)
    return reason or Section(title, [*parts(View(evidence))])


def unit(x: Tensor) -> Tensor:
    """Values of each picture divided by the largest of their sizes, ``(n, ...) -> (n, D)``."""
    flat = x.flatten(1)
    return flat / flat.abs().amax(1, keepdim=True).clamp(min=1e-12)
