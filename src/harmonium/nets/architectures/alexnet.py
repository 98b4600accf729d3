"""AlexNet: the two groups of 2012, and the single tower of 2014."""

from collections.abc import Sequence
from typing import Any

from harmonium.bounds import Count
from harmonium.nets.net import Net

__all__ = ["alexnet", "alexnet2012"]


def alexnet(*, classes: Count = 1000, shape: Sequence[Count] = (3, 224, 224)) -> Net:
    """AlexNet of one tower: five convolutions, three dense layers; 61,100,840 parameters.

    ``(B, *shape) -> (B, classes)``. Parameters have the names of torchvision, so that its
    checkpoint loads (``harmonium.load_weights``). First weights are torch's own. (Krizhevsky,
    2014, https://arxiv.org/abs/1404.5997.)

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width, at least 63 x 63.
    """
    pool = {"type": "max_pool2d", "kernel_size": 3, "stride": 2}
    features: list[Any] = [
        _conv(64, 11, stride=4, padding=2),
        "relu",
        pool,
        _conv(192, 5, padding=2),
        "relu",
        pool,
        _conv(384, 3, padding=1),
        "relu",
        _conv(256, 3, padding=1),
        "relu",
        _conv(256, 3, padding=1),
        "relu",
        pool,
    ]
    classifier: list[Any] = [
        {"type": "dropout", "p": 0.5},
        {"type": "linear", "out_features": 4096},
        "relu",
        {"type": "dropout", "p": 0.5},
        {"type": "linear", "out_features": 4096},
        "relu",
        {"type": "linear", "out_features": classes},
    ]
    return Net(
        shape=shape,
        layers=[
            {"type": "sequential", "name": "features", "layers": features},
            {"type": "adaptive_avg_pool2d", "name": "avgpool", "output_size": 6},
            "flatten",
            {"type": "sequential", "name": "classifier", "layers": classifier},
        ],
    )


def alexnet2012(*, classes: Count = 1000, shape: Sequence[Count] = (3, 227, 227)) -> Net:
    r"""AlexNet as it won in 2012, in two groups; 60,965,224 parameters.

    ``(B, *shape) -> (B, classes)``. The second, fourth and fifth convolution have two groups of
    maps, once one on each of two GPUs. Maps of the first two are normalised over five neighbours:
    :math:`b_c = a_c / (2 + 10^{-4} \sum_{c'} a_{c'}^2)^{3/4}`. First weights are normal with
    standard deviation .01; biases are 1 in the second, fourth and fifth convolution and in the
    hidden dense layers, else 0. Layers have the names of its Caffe description. Pictures have 227
    x 227 points, with which the paper's maps of 55 x 55 come out; with its 224 they do not.
    (Krizhevsky, Sutskever and Hinton, 2012,
    https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks.)

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    pool = {"type": "max_pool2d", "kernel_size": 3, "stride": 2}
    # torch divides alpha by the number of neighbours
    norm = {"type": "local_response_norm", "size": 5, "alpha": 5e-4, "beta": 0.75, "k": 2.0}
    layers: list[Any] = [
        _first(_conv(96, 11, stride=4), "conv1", bias="zeros"),
        {"type": "relu", "name": "relu1"},
        {**norm, "name": "norm1"},
        {**pool, "name": "pool1"},
        _first(_conv(256, 5, padding=2, groups=2), "conv2", bias="ones"),
        {"type": "relu", "name": "relu2"},
        {**norm, "name": "norm2"},
        {**pool, "name": "pool2"},
        _first(_conv(384, 3, padding=1), "conv3", bias="zeros"),
        {"type": "relu", "name": "relu3"},
        _first(_conv(384, 3, padding=1, groups=2), "conv4", bias="ones"),
        {"type": "relu", "name": "relu4"},
        _first(_conv(256, 3, padding=1, groups=2), "conv5", bias="ones"),
        {"type": "relu", "name": "relu5"},
        {**pool, "name": "pool5"},
        "flatten",
        _first({"type": "linear", "out_features": 4096}, "fc6", bias="ones"),
        {"type": "relu", "name": "relu6"},
        {"type": "dropout", "name": "drop6", "p": 0.5},
        _first({"type": "linear", "out_features": 4096}, "fc7", bias="ones"),
        {"type": "relu", "name": "relu7"},
        {"type": "dropout", "name": "drop7", "p": 0.5},
        _first({"type": "linear", "out_features": classes}, "fc8", bias="zeros"),
    ]
    return Net(shape=shape, layers=layers)


def _conv(maps: int, kernel: int, **settings: int) -> dict[str, Any]:
    return {"type": "conv2d", "out_channels": maps, "kernel_size": kernel, **settings}


def _first(layer: dict[str, Any], name: str, *, bias: str) -> dict[str, Any]:
    """The layer with its name and the first weights of the paper."""
    start = {"weight": {"type": "normal", "std": 0.01}, "bias": bias}
    return {**layer, "name": name, "initial": start}
