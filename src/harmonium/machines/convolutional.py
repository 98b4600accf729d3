"""Convolutional machines: RBMs over feature maps, and stacks of them with pooling."""

from collections.abc import Sequence

import torch

from harmonium.arguments import checked, named
from harmonium.bounds import Count, NonNegative, Share, Size
from harmonium.connections import Chain, Connection, Convolution, SumPool
from harmonium.connections.convolution import Kernel, convolved_shape
from harmonium.errors import UsageError, UsageTypeError
from harmonium.graph import EnergyGraph
from harmonium.machines.belief_net import BeliefNet
from harmonium.units import Bernoulli, MaxPooled, Units

__all__ = ["convolutional_belief_net", "convolutional_rbm"]


@checked
def convolutional_rbm(  # noqa: PLR0913
    shape: Sequence[int] | Units,
    maps: Count,
    *,
    kernel: int | Sequence[int],
    pool: Count = 2,
    padding: Size = 0,
    activity: Share = 0.05,
    std: NonNegative = 0.01,
) -> EnergyGraph:
    r"""A convolutional RBM with probabilistic max-pooling.

    .. math:: E(v, h) = U_v(v) - \sum_{k, p} h_{kp} \, (W_k * v)_p - \sum_k b_k \sum_p h_{kp}

    The hidden group "h" has ``maps`` feature maps with one bias each; in each block of pool x pool
    of its units at most one is on (Lee, Grosse, Ranganath and Ng, 2009,
    https://doi.org/10.1145/1553374.1553453).

    Args:
        shape: (channels, height, width) of pictures, whose pixels then are Bernoulli units with
            one bias for each channel; or the visible units, such as ``Gaussian(1, 12, 12,
            tied=(1, 2))``.
        maps: number of feature maps.
        kernel: side of a kernel, or its height and width.
        pool: side of a block; 1 for no pooling.
        padding: zeros on every side of a picture.
        activity: initial probability that a hidden unit is on; sets the hidden biases.
        std: standard deviation of the initial weights.

    Raises:
        ValueError: the kernel or the blocks do not fit.

    >>> convolutional_rbm([1, 28, 28], 40, kernel=11).units["h"]
    MaxPooled(40, 18, 18, pool=2)
    """
    settings = {"padding": padding, "activity": activity, "std": std}
    return _layer(_pictures(shape), maps, kernel=kernel, pool=pool, **settings)  # type: ignore[arg-type]


@checked
def convolutional_belief_net(
    shape: Sequence[int] | Units,
    maps: Sequence[Count],
    *,
    kernels: Sequence[int],
    pools: Sequence[Count] | Count = 2,
    activity: Share = 0.05,
    std: NonNegative = 0.01,
) -> BeliefNet:
    r"""A convolutional deep belief net: convolutional RBMs on top of each other.

    Every layer reads the pooling units of the layer below, the sums over its blocks: its edge is
    the chain of a sum-pooling and a convolution. (Lee et al., 2009, section 3.4.)

    Args:
        shape: as of ``convolutional_rbm``.
        maps: number of feature maps of each layer, the lowest first.
        kernels: side of the kernels of each layer.
        pools: side of the blocks of each layer, or of all layers.
        activity: initial probability that a hidden unit is on.
        std: standard deviation of the initial weights.

    Raises:
        ValueError: the lists differ in length, or a kernel or the blocks do not fit.

    >>> net = convolutional_belief_net([1, 28, 28], [24, 40], kernels=[9, 5])
    >>> [tuple(g.units["h"].shape) for g in net.graphs]
    [(24, 20, 20), (40, 6, 6)]
    """
    sides = [*pools] if isinstance(pools, Sequence) else [pools] * len(maps)
    if not maps or not len(maps) == len(kernels) == len(sides):
        raise UsageError(
            f"convolutional_belief_net: {len(maps)} numbers of maps, {len(kernels)} kernels and "
            f"{len(sides)} pools; give one of each for every layer"
        )
    visible, layers, below = _pictures(shape), [], 1
    for n, kernel, pool in zip(maps, kernels, sides, strict=True):
        settings = {"below": below, "activity": activity, "std": std}
        layers.append(_layer(visible, n, kernel=kernel, pool=pool, **settings))  # type: ignore[arg-type]
        top = layers[-1].units["h"]
        visible, below = MaxPooled(*top.shape, pool=pool, tied=(1, 2)), pool
    return BeliefNet(layers)


def _pictures(given: Sequence[int] | Units) -> Units:
    if isinstance(given, Units):
        return given
    if isinstance(given, str) or len(given) != 3:
        raise UsageTypeError(
            f"shape is {named(given)}; (channels, height, width), or visible units of such a "
            "shape, is needed"
        )
    return Bernoulli(*given, tied=(1, 2))


def _layer(  # noqa: PLR0913
    visible: Units,
    maps: int,
    *,
    kernel: Kernel,
    pool: int,
    below: int = 1,
    padding: int = 0,
    activity: float = 0.05,
    std: float = 0.01,
) -> EnergyGraph:
    """An RBM of maps that reads sums over blocks of side ``below`` of its visible maps."""
    parts: list[Connection] = []
    shape: Sequence[int] = visible.shape
    if below > 1:
        channels, height, width = visible.shape
        parts = [SumPool(shape, (channels, height // below, width // below), pool=below)]
        shape = parts[0].target
    above = convolved_shape(shape, maps, kernel=kernel, padding=padding)
    hidden = MaxPooled(*above, pool=pool, tied=(1, 2))
    if not 0 < activity * pool**2 < 1:
        raise UsageError(
            f"activity={activity}: blocks of {pool} x {pool} have at most one unit on: give a "
            f"number above 0 and below {1 / pool**2:g}"
        )
    hidden.load(bias=hidden.tilt(torch.full_like(hidden.bias, activity).expand(hidden.shape)))
    parts += [Convolution(shape, above, kernel=kernel, padding=padding, std=std)]
    edge = Chain(parts) if len(parts) > 1 else parts[0]
    return EnergyGraph({"v": visible, "h": hidden}, {("v", "h"): edge})
