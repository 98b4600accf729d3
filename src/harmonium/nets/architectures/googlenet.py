"""GoogLeNet: nine Inception modules, with auxiliary heads; as in the paper, and as published."""

from collections.abc import Mapping, Sequence
from typing import Any

from harmonium.bounds import Count, NonNegative
from harmonium.nets.net import Net

__all__ = ["googlenet", "googlenet2014"]

MODULES = {
    "inception3a": [64, 96, 128, 16, 32, 32],
    "inception3b": [128, 128, 192, 32, 96, 64],
    "maxpool3": 3,
    "inception4a": [192, 96, 208, 16, 48, 64],
    "inception4b": [160, 112, 224, 24, 64, 64],
    "inception4c": [128, 128, 256, 24, 64, 64],
    "inception4d": [112, 144, 288, 32, 64, 64],
    "inception4e": [256, 160, 320, 32, 128, 128],
    "maxpool4": 2,
    "inception5a": [256, 160, 320, 32, 128, 128],
    "inception5b": [384, 192, 384, 48, 128, 128],
}
"""Widths of the modules, and sizes of the pools between them."""

HEADS = {"inception4a": "aux1", "inception4d": "aux2"}
"""Module -> the auxiliary head that reads it."""

WEIGHTS = tuple(
    f"branch{branch}.conv.weight" for branch in ("1", "2.0", "2.1", "3.0", "3.1", "4.1")
)
BIASES = tuple(name.replace("weight", "bias") for name in WEIGHTS)
"""Parameters of a module's convolutions."""

_SMALL = {"type": "trunc_normal", "std": 0.01}
_EVEN = {"type": "kaiming_uniform", "nonlinearity": "linear"}
_OFFSET = {"type": "constant", "val": 0.2}


def googlenet(
    *,
    classes: Count = 1000,
    shape: Sequence[Count] = (3, 224, 224),
    auxiliary: NonNegative = 0.3,
) -> Net:
    """GoogLeNet with batch normalisation, as its public checkpoint has it.

    ``(B, *shape) -> (B, classes)``; 6,624,904 parameters without the auxiliary heads, 13,004,888
    with them. The large kernels are 3 x 3, and parameters have the names of torchvision, so that
    its checkpoint loads (``harmonium.load_weights``); that one was trained on pictures scaled to
    [-1, 1]. First weights are normal with standard deviation .01, cut off at 2. (Szegedy et al.,
    2015, https://arxiv.org/abs/1409.4842, and Ioffe and Szegedy, 2015,
    https://arxiv.org/abs/1502.03167.)

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
        auxiliary: weight of the loss of each of the two auxiliary heads in training; 0 for a net
            without them.
    """
    units = {"type": "convolved_units", "initial": {"conv.weight": _SMALL}}
    stem: list[Any] = [
        {**units, "name": "conv1", "out_channels": 64, "kernel_size": 7, "stride": 2},
        _pool("maxpool1", 3),
        {**units, "name": "conv2", "out_channels": 64, "kernel_size": 1},
        {**units, "name": "conv3", "out_channels": 192},
        _pool("maxpool2", 3),
    ]
    block = {"type": "inception", "large_kernel": 3, "initial": dict.fromkeys(WEIGHTS, _SMALL)}
    head = [
        {"type": "adaptive_avg_pool2d", "output_size": 4},
        {**units, "name": "conv", "out_channels": 128, "kernel_size": 1},
        *_dense(classes, {"weight": _SMALL}),
    ]
    layers = [*stem, *_modules(MODULES, block, head=head if auxiliary else [])]
    top = _top(classes, {"weight": _SMALL}, drop=0.2)
    return _net([*layers, *top], shape, auxiliary=auxiliary)


def googlenet2014(
    *,
    classes: Count = 1000,
    shape: Sequence[Count] = (3, 224, 224),
    auxiliary: NonNegative = 0.3,
) -> Net:
    r"""GoogLeNet as it won in 2014: 5 x 5 kernels, biases, response norms.

    ``(B, *shape) -> (B, classes)``; 6,998,552 parameters without the auxiliary heads. After the
    first pool and the third convolution maps are normalised over five neighbours,
    :math:`b_c = a_c / (1 + 2 \cdot 10^{-5} \sum_{c'} a_{c'}^2)^{3/4}`. The paper does not say
    how weights start; as in the public Caffe description they are uniform with variance 1 /
    inputs, and biases .2. (Szegedy et al., 2015, https://arxiv.org/abs/1409.4842.)

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
        auxiliary: weight of the loss of each of the two auxiliary heads in training; 0 for a net
            without them.
    """
    first = {"conv.weight": _EVEN, "conv.bias": _OFFSET}
    units = {"type": "convolved_units", "norm": None, "initial": first}
    norm = {"type": "local_response_norm", "size": 5, "alpha": 1e-4, "beta": 0.75, "k": 1.0}
    stem: list[Any] = [
        {**units, "name": "conv1", "out_channels": 64, "kernel_size": 7, "stride": 2},
        _pool("maxpool1", 3),
        {**norm, "name": "norm1"},
        {**units, "name": "conv2", "out_channels": 64, "kernel_size": 1},
        {**units, "name": "conv3", "out_channels": 192},
        {**norm, "name": "norm2"},
        _pool("maxpool2", 3),
    ]
    sizes = {**MODULES, "maxpool4": 3}
    inner = {name: _EVEN if name in WEIGHTS else _OFFSET for name in (*WEIGHTS, *BIASES)}
    block = {"type": "inception", "norm": None, "initial": inner}
    head = [
        {"type": "avg_pool2d", "kernel_size": 5, "stride": 3},
        {**units, "name": "conv", "out_channels": 128, "kernel_size": 1},
        *_dense(classes, {"weight": _EVEN, "bias": _OFFSET}),
    ]
    layers = [*stem, *_modules(sizes, block, head=head if auxiliary else [])]
    top = _top(classes, {"weight": _EVEN, "bias": "zeros"}, drop=0.4)
    return _net([*layers, *top], shape, auxiliary=auxiliary)


def _pool(name: str, size: int) -> dict[str, Any]:
    window = {"kernel_size": size, "stride": 2, "ceil_mode": True}
    return {"type": "max_pool2d", "name": name, **window}


def _modules(
    sizes: Mapping[str, Any], block: Mapping[str, Any], *, head: Sequence[Any]
) -> list[Any]:
    """The modules and pools, each auxiliary head behind the module that it reads."""
    layers: list[Any] = []
    read: str | None = None
    for name, size in sizes.items():
        pool = isinstance(size, int)
        layer = _pool(name, size) if pool else {**block, "name": name, "widths": size}
        layers.append(layer if read is None else {**layer, "inputs": read})
        read = name if head and name in HEADS else None
        if read is not None:
            own = {"type": "sequential", "name": HEADS[name], "inputs": read}
            layers.append({**own, "layers": [*head]})
    return layers


def _dense(classes: int, first: Mapping[str, Any]) -> list[Any]:
    """The dense layers of an auxiliary head."""
    return [
        "flatten",
        {"type": "linear", "name": "fc1", "out_features": 1024, "initial": first},
        "relu",
        {"type": "dropout", "p": 0.7},
        {"type": "linear", "name": "fc2", "out_features": classes, "initial": first},
    ]


def _top(classes: int, first: Mapping[str, Any], *, drop: float) -> list[Any]:
    return [
        {"type": "adaptive_avg_pool2d", "name": "avgpool", "output_size": 1},
        "flatten",
        {"type": "dropout", "name": "dropout", "p": drop},
        {"type": "linear", "name": "fc", "out_features": classes, "initial": first},
    ]


def _net(layers: list[Any], shape: Sequence[int], *, auxiliary: float) -> Net:
    heads = {f"{name}.fc2": float(auxiliary) for name in HEADS.values()} if auxiliary else {}
    return Net(shape=shape, layers=layers, auxiliary=heads)
