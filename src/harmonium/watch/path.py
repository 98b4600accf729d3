"""The path of a small net's parameters while it learns."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from harmonium.learning import Watch

__all__ = ["PathWatch", "joined"]

SMALL = 2000
"""Number of parameters above which no path is kept."""


class PathWatch(Watch):
    """Copies of all parameters of a small net: at the start, and then after every update.

    When there are more than ``most`` copies, every second one is dropped, and from then on only
    every second update is kept, and so on. A net of more than 2000 parameters has no path. The
    copies are no part of a checkpoint: a resumed run begins a new path at its first update.

    Args:
        module: the net that learns.
        most: maximum number of copies.
    """

    every_update = True

    def __init__(self, module: nn.Module, most: int = 400) -> None:
        self.module, self.most = module, most
        self._small = sum(p.numel() for p in module.parameters()) <= SMALL
        self._stride = 1
        self._updates: list[int] = []
        self._copies: list[dict[str, Tensor]] = []
        self._keep(0)

    def updated(self, updates: int) -> None:
        """Keeps a copy of the parameters after an update, if it is one of those to keep."""
        if self._updates == [0] and updates > 1:  # resumed: the start is not of this path
            self._updates, self._copies = [], []
        if updates % self._stride == 0:
            self._keep(updates)

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """``path/update`` ``(frames,)``, and ``path/NAME`` ``(frames, *shape)`` by parameter."""
        if not self._small or not self._copies:
            return {}
        frames = {
            f"path/{name}": torch.stack([copy[name] for copy in self._copies])
            for name in self._copies[0]
        }
        return {"path/update": torch.tensor(self._updates), **frames}

    @torch.no_grad()
    def _keep(self, updates: int) -> None:
        if not self._small:
            return
        named = self.module.named_parameters()
        self._copies.append({name: p.detach().cpu().clone() for name, p in named})
        self._updates.append(updates)
        while len(self._updates) > self.most:
            self._stride *= 2
            kept = [k for k, at in enumerate(self._updates) if at % self._stride == 0]
            self._updates = [self._updates[k] for k in kept]
            self._copies = [self._copies[k] for k in kept]


def joined(snapshots: Iterable[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Returns one path from the snapshots of a stage, the oldest first, in the order of updates.

    Snapshots overlap, and those of a resumed run begin anew; each update is taken once. The
    result has ``update`` ``(frames,)`` and ``NAME`` ``(frames, *shape)``; it is empty if no
    snapshot has a path.
    """
    frames: dict[int, dict[str, Tensor]] = {}
    for tensors in snapshots:
        if "path/update" not in tensors:
            continue
        names = [name for name in tensors if name.startswith("path/")]
        for k, update in enumerate(tensors["path/update"].tolist()):
            frames[int(update)] = {name.removeprefix("path/"): tensors[name][k] for name in names}
    ordered = [frames[update] for update in sorted(frames)]
    names = list(ordered[0]) if ordered else []
    return {name: torch.stack([frame[name] for frame in ordered]) for name in names}
