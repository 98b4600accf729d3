"""Turns one layer of Caffe into layers of a described net."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harmonium.caffe.message import Message
from harmonium.caffe.schema import SCHEMA

__all__ = ["DATA", "DROPPED", "LOSSES", "SUPPORTED", "Turned", "turn"]

DATA = ("Data", "DummyData", "HDF5Data", "ImageData", "Input", "MemoryData", "WindowData")
"""Layers that give the input of the net, and perhaps labels."""

DROPPED = ("Accuracy", "ArgMax", "Silence")
"""Layers that are left out, since they only look at outputs."""

LOSSES = {
    "SoftmaxWithLoss": "classes",
    "SigmoidCrossEntropyLoss": "probabilities",
    "EuclideanLoss": "values",
}
"""Loss of Caffe -> kind of outputs of a net that learns by it."""


@dataclass
class Turned:
    """What becomes of a layer.

    Args:
        layers: in a chain, the first of which reads the layer's bottoms.
        weights: parameter or buffer of the last of them -> place of its blob.
        place: of the layer of ``layers`` that has the weights.
    """

    layers: list[dict[str, Any]]
    weights: dict[str, int] = field(default_factory=dict)
    place: int = -1


def turn(layer: Message, kind: str) -> Turned:
    """The layers of a described net that do what a layer of Caffe does, without names.

    Args:
        layer: of the file.
        kind: its type, under the name that it has in V2.

    Raises:
        ValueError: there is no such layer in a described net; the message lists the known types.
    """
    if kind not in _TURNS:
        layer.refuse(
            f"layer {layer.text('name')!r} is of type {kind!r}, which is not supported; there are "
            f"{', '.join(SUPPORTED)}: put layers of these types in its place, or delete it"
        )
    for name in layer.fields:
        if name.endswith("_param") and name in SCHEMA:
            known = [of for of, _ in SCHEMA[name].values()]
            layer.message(name).known(known, where=name)
    return _TURNS[kind](layer)


def _convolution(layer: Message) -> Turned:
    return _convolved(layer, "conv2d")


def _deconvolution(layer: Message) -> Turned:
    return _convolved(layer, "conv_transpose2d")


def _convolved(layer: Message, kind: str) -> Turned:
    given = layer.message("convolution_param")
    if given.whole("axis", 1) != 1:
        given.refuse("axis: only 1, that of the maps, is supported", name="axis")
    bias = given.flag("bias_term", default=True)
    settings: dict[str, Any] = {
        "type": kind,
        "out_channels": _count(given, "num_output"),
        "kernel_size": _pair(given, "kernel_size", stem="kernel", default=None),
        "stride": _pair(given, "stride", stem="stride", default=1),
        "padding": _pair(given, "pad", stem="pad", default=0),
        "dilation": _pair(given, "dilation", stem="", default=1),
        "groups": _count(given, "group", default=1),
        "bias": bias,
    }
    plain = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True}
    kept = {k: v for k, v in settings.items() if k not in plain or plain[k] != v}
    weights = {"weight": 0, **({"bias": 1} if bias else {})}
    return Turned([kept | _start(given, bias=bias) | _rates(layer)], weights)


def _inner_product(layer: Message) -> Turned:
    given = layer.message("inner_product_param")
    if given.whole("axis", 1) != 1:
        given.refuse("axis: only 1, all values of a row, is supported", name="axis")
    bias = given.flag("bias_term", default=True)
    linear = {
        "type": "linear",
        "out_features": _count(given, "num_output"),
        **({} if bias else {"bias": False}),
        **_start(given, bias=bias),
        **_rates(layer),
    }
    weights = {
        "weight.T" if given.flag("transpose", default=False) else "weight": 0,
        **({"bias": 1} if bias else {}),
    }
    return Turned([{"type": "flatten"}, linear], weights)


def _pooling(layer: Message) -> Turned:
    given = layer.message("pooling_param")
    pool = given.choice("pool", ("MAX", "AVE", "STOCHASTIC"))
    if pool == "STOCHASTIC":
        given.refuse("pool: STOCHASTIC is not supported; take MAX or AVE", name="pool")
    word = "max" if pool == "MAX" else "avg"
    if given.flag("global_pooling", default=False):
        return Turned([{"type": f"adaptive_{word}_pool2d", "output_size": 1}])
    kernel = _pair(given, "kernel_size", stem="kernel", default=None)
    settings: dict[str, Any] = {"type": f"{word}_pool2d", "kernel_size": kernel}
    settings["stride"] = _pair(given, "stride", stem="stride", default=1)
    if pad := _pair(given, "pad", stem="pad", default=0):
        settings["padding"] = pad
    if given.choice("round_mode", ("CEIL", "FLOOR")) == "CEIL":
        settings["ceil_mode"] = True
    return Turned([settings])


def _lrn(layer: Message) -> Turned:
    given = layer.message("lrn_param")
    if given.choice("norm_region", ("ACROSS_CHANNELS", "WITHIN_CHANNEL")) == "WITHIN_CHANNEL":
        given.refuse(
            "norm_region: WITHIN_CHANNEL is not supported; take ACROSS_CHANNELS",
            name="norm_region",
        )
    size = _count(given, "local_size", default=5)
    if size % 2 == 0:
        given.refuse(f"local_size is {size}: an odd number is needed", name="local_size")
    numbers = {"alpha": 1.0, "beta": 0.75, "k": 1.0}
    found = {name: given.number(name, default) for name, default in numbers.items()}
    return Turned([{"type": "local_response_norm", "size": size, **found}])


def _batch_norm(layer: Message) -> Turned:
    given = layer.message("batch_norm_param")
    settings = {
        "type": "batch_norm2d",
        "eps": given.number("eps", 1e-5),
        "momentum": round(1 - given.number("moving_average_fraction", 0.999), 12),
        "affine": False,
    }
    return Turned([settings], {"running_mean": 0, "running_var": 1})


def _relu(layer: Message) -> Turned:
    slope = layer.message("relu_param").number("negative_slope", 0.0)
    kept: dict[str, Any] = {"type": "leaky_relu", "negative_slope": slope}
    return Turned([kept if slope else {"type": "relu"}])


def _elu(layer: Message) -> Turned:
    return Turned([{"type": "elu", "alpha": layer.message("elu_param").number("alpha", 1.0)}])


def _softmax(layer: Message) -> Turned:
    return Turned([{"type": "softmax", "dim": layer.message("softmax_param").whole("axis", 1)}])


def _dropout(layer: Message) -> Turned:
    share = layer.message("dropout_param").number("dropout_ratio", 0.5)
    return Turned([{"type": "dropout", "p": share}])


def _concat(layer: Message) -> Turned:
    given = layer.message("concat_param")
    axis = given.whole("axis", given.whole("concat_dim", 1))
    return Turned([{"type": "concat", **({} if axis == 1 else {"dim": axis})}])


def _eltwise(layer: Message) -> Turned:
    given = layer.message("eltwise_param")
    number = given.fields.get("operation")
    names = ("PROD", "SUM", "MAX")
    kind = given.choice("operation", names) if number else "SUM"
    if kind == "MAX":
        given.refuse("operation: MAX is not supported; take SUM or PROD", name="operation")
    if any(c != 1 for c in given.numbers("coeff")):
        given.refuse("coeff: only sums without coefficients are supported", name="coeff")
    return Turned([{"type": "add" if kind == "SUM" else "multiply"}])


def _flatten(layer: Message) -> Turned:
    given = layer.message("flatten_param")
    axis, end = given.whole("axis", 1), given.whole("end_axis", -1)
    plain: dict[str, Any] = {"type": "flatten"}
    ends = {} if (axis, end) == (1, -1) else {"start_dim": axis, "end_dim": end}
    return Turned([plain | ends])


def _power(layer: Message) -> Turned:
    given = layer.message("power_param")
    numbers = (given.number("power", 1), given.number("scale", 1), given.number("shift", 0))
    if numbers != (1, 1, 0):
        given.refuse("Power is supported only where it changes nothing: put it into the data")
    return Turned([{"type": "identity"}])


def _plain(kind: str) -> Callable[[Message], Turned]:
    return lambda layer: Turned([{"type": kind}])


_TURNS: dict[str, Callable[[Message], Turned]] = {
    "BatchNorm": _batch_norm,
    "Concat": _concat,
    "Convolution": _convolution,
    "Deconvolution": _deconvolution,
    "Dropout": _dropout,
    "ELU": _elu,
    "Eltwise": _eltwise,
    "Flatten": _flatten,
    "InnerProduct": _inner_product,
    "LRN": _lrn,
    "Pooling": _pooling,
    "Power": _power,
    "ReLU": _relu,
    "Sigmoid": _plain("sigmoid"),
    "Softmax": _softmax,
    "TanH": _plain("tanh"),
}

SUPPORTED = tuple(sorted((*_TURNS, *DATA, *DROPPED, *LOSSES, "Scale after BatchNorm", "Split")))
"""Types of layers that can be read."""


# --- settings -------------------------------------------------------------------------------


def _count(given: Message, name: str, *, default: int | None = None) -> int:
    if name not in given and default is None:
        given.refuse(f"{name} is missing")
    value = given.whole(name, default or 0)
    if value < 1:
        given.refuse(f"{name} is {value}: a positive number is needed", name=name)
    return value


def _pair(given: Message, name: str, *, stem: str, default: int | None) -> int | list[int]:
    """A size for rows and columns, one number where both are equal."""
    values = given.wholes(name)
    ends = [f"{stem}_h", f"{stem}_w"] if stem else []
    if any(end in given for end in ends):
        if values:
            given.refuse(f"give {name}, or {ends[0]} and {ends[1]}, not both", name=name)
        values = [given.whole(end, default or 0) for end in ends]
    if not values and default is None:
        given.refuse(f"{name} is missing")
    if len(values) > 2:
        given.refuse(f"{name}: {len(values)} axes; pictures have two", name=name)
    least = 0 if default == 0 else 1
    sizes = values or [default or 0]
    if any(value < least for value in sizes):
        where = name if name in given else next(end for end in ends if end in given)
        given.refuse(f"{name} is {min(sizes)}: at least {least} is needed", name=where)
    return sizes[0] if len({*sizes}) == 1 else [*sizes]


def _start(given: Message, *, bias: bool) -> dict[str, Any]:
    """Initial values by the layer's fillers."""
    rules = {}
    for name, filler in (("weight", "weight_filler"), ("bias", "bias_filler")):
        if name == "weight" or bias:
            rules[name] = _filler(given.message(filler))
    return {"initial": rules}


def _filler(given: Message) -> Any:  # noqa: ANN401
    kind = given.text("type", "constant")
    if kind == "gaussian":
        mean, std = given.number("mean", 0.0), given.number("std", 1.0)
        return {"type": "normal", **({"mean": mean} if mean else {}), "std": std}
    if kind == "uniform":
        low, high = given.number("min", 0.0), given.number("max", 1.0)
        return {"type": "uniform", "a": low, "b": high}
    if kind == "xavier":  # of Caffe: by the inputs of a unit alone
        return {"type": "kaiming_uniform", "nonlinearity": "linear"}
    if kind == "msra":
        return {"type": "kaiming_normal"}
    if kind == "constant":
        value = given.number("value", 0.0)
        return {"type": "constant", "val": value} if value else "zeros"
    given.refuse(
        f"filler {kind!r}: there are constant, gaussian, msra, uniform and xavier", name="type"
    )
    return None


def _rates(layer: Message) -> dict[str, Any]:
    """Factor of the learning rate: that of the weights, by the layer's first multiplier."""
    rates = [m.number("lr_mult", 1.0) for m in layer.messages("param") if isinstance(m, Message)]
    rates = rates or layer.numbers("blobs_lr")
    if not rates or rates[0] == 1:
        return {}
    return {"rate": rates[0]} if any(rates) else {"frozen": True}
