"""Layers of Caffe's older form, V1, under the names of the present one, V2."""

import re
from typing import Any

from harmonium.caffe.message import Field, Message
from harmonium.caffe.schema import V1_TYPES

__all__ = ["rules_allow", "upgraded"]


def _shouted(name: str) -> str:
    """Name of a type as V1 writes it: InnerProduct -> INNER_PRODUCT."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


_BY_NAME = {_shouted(name): name for name in V1_TYPES.values()} | {
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "TANH": "TanH",
    "RELU": "ReLU",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "ABSVAL": "AbsVal",
    "ARGMAX": "ArgMax",
}


_NAMES: dict[Any, str] = {**_BY_NAME, **V1_TYPES}
"""Type of a layer in V1, by its name or number -> its name in V2."""


def upgraded(net: Message) -> list[Message]:
    """The layers of a net, each with the name of its type in V2.

    Raises:
        ValueError: a layer has no type, or the form V0 of 2013.
    """
    layers = net.messages("layer")
    for layer in layers:
        kind = layer.text("type")
        if not kind:
            layer.refuse(f"layer {layer.text('name')!r} has no type")
    for layer in net.messages("layers"):
        if "layer" in layer:
            layer.refuse(
                "layers of the form V0: upgrade the file with Caffe's upgrade_net_proto_text or "
                "upgrade_net_proto_binary"
            )
        given = layer.fields["type"][-1].value if "type" in layer else None
        named = _NAMES.get(given)
        if named is None:
            layer.refuse(f"layer {layer.text('name')!r} has the type {given!r}, which V1 has not")
        layer.fields["type"] = [Field(named, layer.line)]
    return [*layers, *net.messages("layers")]


def rules_allow(layer: Message, phase: str) -> bool:
    """Whether a layer belongs to a phase, "TRAIN" or "TEST", by its rules."""
    includes, excludes = layer.messages("include"), layer.messages("exclude")
    if includes and not any(_met(rule, phase) for rule in includes):
        return False
    return not any(_met(rule, phase) for rule in excludes)


def _met(rule: Message, phase: str) -> bool:
    if "phase" in rule and rule.choice("phase", ("TRAIN", "TEST")) != phase:
        return False
    return not rule.texts("stage")
