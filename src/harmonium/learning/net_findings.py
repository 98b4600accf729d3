"""Checks how gradients pass through a net, as findings with their remedies."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from harmonium.learning.flow import Flow, LayerFlow
from harmonium.learning.watch import Finding

__all__ = ["NetLimits", "net_findings"]

_START = (
    "weights of a rule that suits the activation (initial: auto, glorot with tanh, he with relu)"
)


@dataclass(frozen=True)
class NetLimits:
    """Thresholds of the checks of a net, chosen so that a net that learns has no finding."""

    vanishing: float = 1e-2
    """Smallest norm of the first layer's gradient, relative to the last layer's."""
    exploding: float = 10.0
    """Largest norm of the first layer's gradient, relative to the last layer's."""
    step: float = 0.5
    """Largest change of a layer's weights by one update, relative to the weights."""
    sleeping: float = 1e-6
    """Smallest such change, of the layer that changes most."""
    saturated: float = 0.5
    """Largest share of a layer's values in the flat parts of its activation."""
    dead: float = 0.5
    """Largest share of a layer's units through which no gradient passes."""
    chance: float = 0.95
    """Largest loss, relative to that of constant outputs."""
    lag: int = 10
    """Steps back in time at which the gradient of a recurrent layer is looked at."""
    forgetting: float = 1e-3
    """Smallest norm of that gradient, relative to that of the last step."""
    growing: float = 10.0
    """Largest norm of the gradient at any lag, relative to that of the last step."""
    updates: int = 300
    """Updates before a loss at chance is a problem."""
    learned: float = 0.5
    """A net with a loss below this, relative to that of constant outputs, learns well enough:
    only dead units and numbers that are not finite are reported."""


def net_findings(
    flow: Flow, *, updates: int = 0, limits: NetLimits | None = None
) -> list[Finding]:
    """Checks the gradients and activities of a net.

    Args:
        flow: measured on some hundred rows.
        updates: number of updates that the net has learned from; 0 for a new net.
        limits: thresholds; None for the default ones.
    """
    limits = limits or NetLimits()
    if not math.isfinite(flow.loss) or not all(math.isfinite(x.gradient) for x in flow.layers):
        return [_not_finite(flow)]
    findings = _dead(flow, limits)
    if updates and flow.constant and flow.loss < limits.learned * flow.constant:
        return findings
    checks: list[Callable[[Flow, NetLimits], list[Finding]]]
    checks = [_vanishing, _exploding, _through_time, _large_steps, _sleeping, _saturated]
    findings += [finding for check in checks for finding in check(flow, limits)]
    return findings + (_at_chance(flow, limits) if updates >= limits.updates else [])


def _not_finite(flow: Flow) -> Finding:
    layer = next((x.name for x in flow.layers if not math.isfinite(x.gradient)), "outputs")
    return Finding(
        "not finite",
        f"the loss is {flow.loss:.3g}, and the gradient of {layer} is not finite",
        "start again with a lower learning rate, and standardise real-valued data",
        "The net has diverged",
    )


def _vanishing(flow: Flow, limits: NetLimits) -> list[Finding]:
    first, last = flow.layers[0], flow.layers[-1]
    if not last.gradient or flow.ratio >= limits.vanishing:
        return []
    if not last.weight:
        return []  # a new output layer of zeros, which the first update changes
    slopes = [x.slope for x in flow.hidden if x.slope is not None]
    slope = f"; the mean slope of the activations is {min(slopes):.2g} at least" if slopes else ""
    return [
        Finding(
            "vanishing gradient",
            f"the gradient of {first.name} is {flow.ratio:.1e} of that of {last.name} "
            f"({first.gradient:.1e} against {last.gradient:.1e}){slope}",
            f"take {_START}, relu or tanh instead of logistic, norm: batch, residual: after, or "
            "pre-train the layers",
            "The first layers hardly learn: every layer multiplies the gradient by its weights "
            "and slopes, and the products are small",
        )
    ]


def _exploding(flow: Flow, limits: NetLimits) -> list[Finding]:
    if not flow.ratio > limits.exploding:
        return []
    first, last = flow.layers[0], flow.layers[-1]
    return [
        Finding(
            "exploding gradient",
            f"the gradient of {first.name} is {flow.ratio:.3g} times that of {last.name} "
            f"({first.gradient:.1e} against {last.gradient:.1e})",
            f"take {_START}, or norm: batch",
            "Every layer multiplies the gradient by its weights and slopes, and the products are "
            "large; a learning rate that suits one layer is wrong for the others",
        )
    ]


def _through_time(flow: Flow, limits: NetLimits) -> list[Finding]:
    """Checks recurrent layers, whose steps are the layers of a deep net."""
    findings = []
    for name, lags in flow.lags.items():
        most = max(lags)
        if most > limits.growing:
            findings.append(
                Finding(
                    "exploding gradient through time",
                    f"{name}: the gradient {lags.index(most)} steps back is {most:.3g} times that "
                    "of the last step",
                    "set clip, take lstm or gru, or start: orthogonal",
                    "Every step back multiplies the gradient by the recurrent weights, whose "
                    "spectral radius is above 1; one long row throws the weights far away",
                )
            )
        elif len(lags) > limits.lag and lags[limits.lag] < limits.forgetting:
            findings.append(
                Finding(
                    "vanishing gradient through time",
                    f"{name}: the gradient {limits.lag} steps back is {lags[limits.lag]:.1e} of "
                    "that of the last step",
                    "take lstm or gru, whose gates let it pass, or start: orthogonal",
                    "The layer cannot learn what depends on more than a few steps: every step "
                    "back multiplies the gradient by weights and slopes, and the products are "
                    "small",
                )
            )
    return findings


def _large_steps(flow: Flow, limits: NetLimits) -> list[Finding]:
    name, step = _largest(flow.layers)
    if step is None or step <= limits.step:
        return []
    return [
        Finding(
            "large updates",
            f"the next update changes {name} by {100 * step:.0f} % of its weights",
            f"lower the learning rate, or take {_START}",
            "One update undoes what the updates before have learned, and training diverges",
        )
    ]


def _sleeping(flow: Flow, limits: NetLimits) -> list[Finding]:
    name, step = _largest(flow.layers)
    if step is None or step >= limits.sleeping:
        return []
    return [
        Finding(
            "no movement",
            f"the next update changes no layer by more than {step:.1e} of its weights ({name})",
            f"take {_START}; or raise the learning rate",
            "The gradients are equally small in all layers, so their ratio does not show it; the "
            "net would need millions of updates",
        )
    ]


def _saturated(flow: Flow, limits: NetLimits) -> list[Finding]:
    layers = [x for x in flow.hidden if (x.saturated or 0) > limits.saturated]
    if not layers:
        return []
    shares = ", ".join(f"{x.name} {100 * (x.saturated or 0):.0f} %" for x in layers)
    return [
        Finding(
            "saturated units",
            f"shares of values in the flat parts of the activation, on {flow.rows} rows: {shares}",
            f"take {_START}, a lower learning rate, standardised data, or norm: batch",
            "Where the activation is flat, its slope and the gradient are nearly 0",
        )
    ]


def _dead(flow: Flow, limits: NetLimits) -> list[Finding]:
    layers = [x for x in flow.hidden if x.dead is not None and x.dead > limits.dead * x.units]
    if not layers:
        return []
    counts = ", ".join(f"{x.name} {x.dead} of {x.units}" for x in layers)
    return [
        Finding(
            "dead units",
            f"units through which no gradient passes on any of {flow.rows} rows: {counts}",
            "lower the learning rate, start with biases at 0, or take leaky_relu, elu or gelu, "
            "whose units can recover",
            "A dead unit has the same output on all these rows, and these rows cannot change its "
            "weights",
        )
    ]


def _at_chance(flow: Flow, limits: NetLimits) -> list[Finding]:
    if not flow.constant or flow.loss <= limits.chance * flow.constant:
        return []
    return [
        Finding(
            "loss at chance",
            f"the loss is {flow.loss:.4g}, and outputs that ignore the rows reach "
            f"{flow.constant:.4g}",
            f"see the other findings; take {_START}, or another learning rate",
            "The net has learned nothing about the rows but how frequent the targets are",
        )
    ]


def _largest(layers: tuple[LayerFlow, ...]) -> tuple[str, float | None]:
    """The layer that the next update changes most, with its relative change."""
    steps = [(x.update, x.name) for x in layers if x.update is not None]
    if not steps:
        return "", None
    step, name = max(steps)
    return name, step
