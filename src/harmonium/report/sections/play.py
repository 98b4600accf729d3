"""An agent at play: what it sees, does and expects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from harmonium.needs import Needs, unmet
from harmonium.report.animation import animated, spaced, strip
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.style import INK, MUTED, PALETTE, blank, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from harmonium.data import World

__all__ = ["ENTRY", "section"]

_LONGEST, _FRAMES = 1000, 40
"""Steps that are played, and frames of the animation."""

_MODEL = Needs(model=("acts",))
_DATA = Needs(data=("play",))


def section(evidence: Evidence) -> Section | str | None:
    """Section of one episode without random actions; None for models that do not act."""
    if unmet(_MODEL, evidence.models.values(), data=None):
        return None
    if reason := unmet(_DATA, (), data=evidence.data):
        return reason
    assert evidence.data is not None
    kind: Any = evidence.data.columns["action"]
    try:
        steps = _episode(evidence.able("acts"), kind.world, evidence=evidence)
    except ImportError as error:
        return str(error)
    names = [str(name) for name in kind.names]
    earned = sum(step["reward"] for step in steps)
    total = f"{earned:g} earned in {len(steps)} steps"
    pictures = [_values(steps, names, total=total)]
    drawn = [steps[k] for k in spaced(len(steps), _FRAMES) if steps[k]["picture"] is not None]
    if drawn:
        pictures.insert(0, _moving(drawn, names, total=total))
    return Section("An episode", pictures)


def _episode(model: Any, world: World, *, evidence: Evidence) -> list[dict[str, Any]]:  # noqa: ANN401
    """Number, picture, values, action and reward of every step."""
    from harmonium.data import Player

    player = Player(world, evidence.source(), drawn=True)
    steps, over = list[dict[str, Any]](), False
    while not over and len(steps) < _LONGEST:
        values = model.values({"x": player.observation[None]})[0].tolist()
        picture = player.picture()
        action = values.index(max(values))
        reward, _, over = player.step(action)
        place = {"step": len(steps), "picture": picture, "values": values}
        steps.append({**place, "action": action, "reward": reward})
    return steps


def _moving(steps: list[dict[str, Any]], names: list[str], *, total: str) -> Picture:
    """The world beside the values of all actions, as a strip and as an animation."""
    high = max(max(step["values"]) for step in steps)
    low = min(min(step["values"]) for step in steps)
    frames = [_frame(step, names, limits=(min(0.0, low), max(0.0, high))) for step in steps]
    words = f"One episode without random actions: {total}"
    return Picture(
        strip(frames, count=6, columns=2),
        alt=f"{words}; the world, and the value of every action, at some of its steps",
        caption=f"{words}. Beside the world stand the values of the actions; the chosen one is "
        "blue. The animation is the file ending in -moving.",
        moving=animated(frames, ms=100),
    )


def _frame(step: dict[str, Any], names: list[str], *, limits: tuple[float, float]) -> Figure:
    figure = blank(3.4, 1.9)
    world = figure.add_axes((0.0, 0.04, 0.5, 0.82))
    world.imshow(step["picture"], interpolation="none")
    world.set_axis_off()
    bars = figure.add_axes((0.68, 0.16, 0.29, 0.64))
    places = range(len(names))
    shades = [PALETTE[0] if k == step["action"] else MUTED for k in places]
    bars.barh(places, step["values"], color=shades)
    bars.set_yticks(places, names, fontsize=6, color=INK)
    bars.invert_yaxis()
    room = 0.05 * ((limits[1] - limits[0]) or 1.0)
    bars.set_xlim(limits[0] - room, limits[1] + room)
    bars.tick_params(labelsize=6)
    bars.spines[["top", "right"]].set_visible(False)
    figure.text(0.03, 0.91, f"step {step['step']}", fontsize=7, color=INK)
    figure.text(0.68, 0.85, "value of each action", fontsize=6, color=MUTED)
    return figure


def _values(steps: list[dict[str, Any]], names: list[str], *, total: str) -> Picture:
    """The values of all actions through the episode."""
    figure, axes = chart(7.0, 2.6)
    for k, name in enumerate(names):
        line = [step["values"][k] for step in steps]
        axes.plot(range(len(steps)), line, lw=0.9, label=name, color=PALETTE[k % len(PALETTE)])
    axes.set_xlabel("step")
    axes.set_ylabel("value of the action")
    axes.legend(fontsize=7, frameon=False, ncols=math.ceil(len(names) / 2))
    return Picture(
        figure,
        alt=f"Values of {len(names)} actions through an episode: {total}",
        caption="The value of each action, the expected sum of discounted rewards from there on.",
    )


ENTRY = Entry("An episode", section)
"""Title and function."""
