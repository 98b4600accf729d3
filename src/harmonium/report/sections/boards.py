"""Go boards with the moves that a net prefers, and the move that was played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs
from harmonium.report.boards import Board, boards_picture
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from harmonium.data import Examples

__all__ = ["ENTRY", "section"]

_TITLE = "Boards"
_BOARDS = 6


def section(evidence: Evidence) -> Section | str | None:
    """Section of some held-out positions; None for data of other kinds."""
    from harmonium.needs import unmet

    if not unmet(Needs(data=("outcomes",)), (), data=evidence.data):
        return _outcomes(evidence)
    if unmet(Needs(data=("moves",)), (), data=evidence.data):
        return None
    if reason := unmet(Needs(model=("classifies",)), evidence.models.values(), data=None):
        return reason
    boards, name, right = _boards(evidence)
    words = (
        f"{len(boards)} {name} positions: the net prefers the move of the expert in {right} of "
        "them"
    )
    caption = (
        f"{words}. Dark stones belong to the side that is to move; a dot marks the last stone. "
        "The area of a blue disc is the probability that the net gives to a point, relative to "
        "its favourite. The orange ring is the expert's move; above stand its probability and its "
        "rank among all moves."
    )
    return Section(_TITLE, [Picture(boards_picture(boards), alt=words, caption=caption)])


def _boards(evidence: Evidence) -> tuple[list[Board], str, int]:
    """Boards to draw, the name of their split, and how often the favourite was played."""
    import torch

    from harmonium.data.go.planes import NAMES

    model, names = evidence.able("classifies"), [*map(str, evidence.classes())]
    name, split = evidence.labelled_held_out
    count = min(_BOARDS, len(split))
    some = split.take(torch.arange(count) * len(split) // count)
    like = next(model.parameters())
    batch = model.reads(some.to(like.device, like.dtype)).batch(slice(None))
    log_p = model.log_probs(batch).cpu()
    p = log_p.exp()
    x, labels = some.batch(slice(None))["x"], some.labels
    assert labels is not None
    own, other, last = (NAMES.index(n) for n in ("stone 1", "stone 2", "turns since 1"))
    shape, boards = x.shape[2:], list[Board]()
    order = log_p.argsort(dim=1, descending=True, stable=True)
    for k, move in enumerate(labels.tolist()):
        rank = 1 + int((order[k] == move).nonzero())
        before = x[k, last].flatten().nonzero().flatten().tolist()
        words = f"{names[move]}: {float(p[k, move]):.0%}, rank {rank}"
        stones = x[k, own] - x[k, other]
        liking = p[k].reshape(shape)
        boards.append(Board(stones, liking, move, before[0] if before else None, words))
    return boards, name, int((order[:, 0] == labels).sum())


def _outcomes(evidence: Evidence) -> Section | str:
    """Section of positions with the outcome that a net expects."""
    from harmonium.needs import unmet

    needs = Needs(model=("predicts",), data=("targets held out",))
    if reason := unmet(needs, evidence.models.values(), data=evidence.data):
        return reason
    assert evidence.held_out is not None
    name, split = evidence.held_out
    boards, right = _valued(evidence, split)
    words = f"{len(boards)} {name} positions: the net names the winner in {right} of them"
    caption = (
        f"{words}. Dark stones belong to the side that is to move; a dot marks the last stone. "
        "Above stands the expected outcome for this side, from -1, lost, to 1, won, and what "
        "came."
    )
    return Section(_TITLE, [Picture(boards_picture(boards), alt=words, caption=caption)])


def _valued(evidence: Evidence, split: Examples) -> tuple[list[Board], int]:
    """Boards to draw with the expected outcome, and how often its sign is right."""
    import torch

    from harmonium.data.go.planes import NAMES

    model = evidence.able("predicts")
    count = min(_BOARDS, len(split))
    some = split.take(torch.arange(count) * len(split) // count)
    like = next(model.parameters())
    batch = model.reads(some.to(like.device, like.dtype)).batch(slice(None))
    expected, x = model.predict(batch)[:, 0].cpu(), some.batch(slice(None))["x"]
    assert some.targets is not None
    came = some.targets[:, 0]
    own, other, last = (NAMES.index(n) for n in ("stone 1", "stone 2", "turns since 1"))
    boards = list[Board]()
    for k, value in enumerate(expected.tolist()):
        before = x[k, last].flatten().nonzero().flatten().tolist()
        words = f"expected {value:+.2f}: {'won' if came[k] > 0 else 'lost'}"
        stones = x[k, own] - x[k, other]
        nothing = torch.zeros_like(stones)
        boards.append(Board(stones, nothing, None, before[0] if before else None, words))
    return boards, int((expected * came > 0).sum())


ENTRY = Entry(_TITLE, section)
