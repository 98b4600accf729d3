"""Initial values of the parameters of a layer, by the rules of ``torch.nn.init``."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from harmonium.arguments import named
from harmonium.catalogue.find import nearest
from harmonium.errors import UsageError
from harmonium.nets.described.steps import LayerError, Step
from harmonium.registry import KINDS, target

__all__ = ["apply_initial", "check_lists"]


def apply_initial(
    module: nn.Module, own: Mapping[str, Any], *, around: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Gives parameters new initial values, in place.

    Args:
        module: the layer.
        own: name of a parameter -> its rule; a name such as "weight" means every parameter of
            this name.
        around: rules of the lists around the layer, the outermost first, where they have one for
            a parameter of it; ``own`` goes before them.

    Raises:
        ValueError: there is no such parameter or rule, or the rule cannot fill the parameter.
    """
    parameters = dict(module.named_parameters())
    chosen: dict[str, Any] = {}
    for rule in (*around, own):
        for name, how in rule.items():
            meant = _meant(name, parameters)
            if rule is own and not meant:
                has = nearest(str(name), parameters) if parameters else "; it has none"
                raise UsageError(f"initial: the layer has no parameter {name!r}{has}")
            chosen |= dict.fromkeys(meant, how)
    for name, how in chosen.items():
        _fill(parameters[name], how, name=name)


def check_lists(steps: Sequence[Step], names: Mapping[str, Sequence[str]]) -> None:
    """Checks that every rule of a list of layers means a parameter of one of them.

    Args:
        steps: of the net.
        names: name of a step -> names of its parameters.

    Raises:
        LayerError: a rule means none, and would change nothing.
    """
    rules: dict[tuple[str | int, ...], Mapping[str, Any]] = {}
    inside: dict[tuple[str | int, ...], dict[str, None]] = {}
    for step in steps:
        for depth, rule in enumerate(step.around, 1):
            place = step.place[: 2 * depth]  # "layers" and a number for each list
            rules[place] = rule
            inside.setdefault(place, {}).update(dict.fromkeys(names[step.name]))
    for place, rule in rules.items():
        for name in rule:
            if not _meant(name, inside[place]):
                has = nearest(str(name), inside[place]) if inside[place] else "; they have none"
                reason = f"initial: no layer of the list has a parameter {name!r}{has}"
                raise LayerError(place, "sequential", reason=reason)


def _meant(name: str, parameters: Iterable[str]) -> list[str]:
    """Full names of the parameters that a rule means."""
    names = [*parameters]
    return [name] if name in names else [n for n in names if n.rpartition(".")[2] == name]


def _fill(parameter: Tensor, how: Any, *, name: str) -> None:  # noqa: ANN401
    settings = {"type": how} if isinstance(how, str) else how
    if not isinstance(settings, Mapping) or "type" not in settings:
        raise UsageError(f"initial {name} is {named(how)}: give the name of a rule, or a mapping")
    kind = settings["type"]
    if not isinstance(kind, str) or kind not in KINDS["Initialiser"]:
        known = KINDS["Initialiser"]
        raise UsageError(f"initial {name}: there is no rule {kind!r}{nearest(str(kind), known)}")
    rule = target(KINDS["Initialiser"][kind])
    given = {key: value for key, value in settings.items() if key != "type"}
    known_names = [*inspect.signature(rule).parameters][1:]
    for key in given:
        if key not in known_names or key == "generator":
            raise UsageError(f"initial {name}: {key!r} is not a setting of {kind}")
    try:
        rule(parameter, **given)
    except (TypeError, ValueError) as error:
        shape = tuple(parameter.shape)
        raise UsageError(
            f"initial {name}: {kind} cannot fill a parameter of shape {shape} ({error}): take "
            "another rule"
        ) from error
