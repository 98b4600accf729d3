"""Conversion of a machine or a codec into an ordinary net with copies of its weights."""

import copy
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.connections.matrix import linear
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.learning import doubled
from harmonium.machines import BeliefNet
from harmonium.nets import Autoencoder, Codec
from harmonium.nets.activations import Activation
from harmonium.nets.codes import Point
from harmonium.nets.elementwise import Elementwise
from harmonium.random import Source, seeded
from harmonium.sampling import mean_field

__all__ = ["autoencoder_of", "randomise", "unroll", "unroll_autoencoder"]


@checked
def unroll(
    machine: BeliefNet | EnergyGraph | Codec,
    *,
    outputs: Count | None = None,
    rows: Tensor | None = None,
) -> nn.Sequential:
    r"""The recognition pass of a machine as a net, ``(B, *shape) -> (B, top units)``.

    Weights are copied. Label units at the top are left out. Of a codec it is the encoder.

    In a deep Boltzmann machine a group in the middle has input from above as well, which the net
    lacks. Without rows its weights are doubled, as in the first pass of mean-field inference
    after doubled pre-training. With rows the input from above, at the mean-field solution, is
    replaced by its least-squares line over the input from below, unit by unit:

    .. math:: f^{above}_j \approx a_j f^{below}_j + d_j, \qquad
              z_j = (1 + a_j) f^{below}_j + d_j + c_j

    Doubling is the special case a = 1, d = 0. A machine whose higher layer is almost silent has a
    near 0, and doubled weights would saturate its units.

    Args:
        machine: a belief net, or a machine with its groups in a chain: an RBM, a deep Boltzmann
            machine; or a codec, such as an autoencoder.
        outputs: append a linear layer with this many outputs (logits), initialised to zero, for
            fine-tuning as a classifier.
        rows: ``(N, *shape)``, visible values from which the lines are fitted; ignored where no
            two hidden groups are connected.

    >>> from harmonium import belief_net
    >>> unroll(belief_net(64, 100, 50), outputs=10)[-1]
    Linear(in_features=50, out_features=10, bias=True)
    """
    if isinstance(machine, Codec):
        parts, width = _encoder(machine), machine.units[-1]
    else:
        layers = _upwards(machine)
        joint = len(layers) > len(machine.graphs)  # the layers of a deep Boltzmann machine
        found = _lines(machine.graphs[0], rows) if joint and rows is not None else []
        lines = [*found, *[None] * (len(layers) - len(found))]
        pairs = zip(layers, lines, strict=True)
        parts = [part for g, line in pairs for part in _layer(g, upwards=True, line=line)]
        width = _layers(machine)[-1].units["h"].shape.numel()
    if outputs is not None:
        like = next(machine.parameters())
        parts.append(linear(like.new_zeros(outputs, width)))
    return nn.Sequential(*parts)


def unroll_autoencoder(machine: BeliefNet | EnergyGraph) -> nn.Sequential:
    """An autoencoder from a machine, ``(B, *shape) -> (B, units)``: encoder, then decoder.

    The decoder's weights start as the encoder's transposed, but are separate parameters
    (Hinton and Salakhutdinov, 2006, https://doi.org/10.1126/science.1127647).
    """
    up = [part for g in _upwards(machine) for part in _layer(g, upwards=True)]
    down = [part for g in reversed(_layers(machine)) for part in _layer(g, upwards=False)]
    return nn.Sequential(*up, *down)


@checked
def autoencoder_of(machine: BeliefNet | EnergyGraph) -> Autoencoder:
    """``unroll_autoencoder`` as a net of this package, which can be saved and decodes codes.

    Its outputs are those of ``unroll_autoencoder``, but as logits where the visible units are
    Bernoulli. (Hinton and Salakhutdinov, 2006, https://doi.org/10.1126/science.1127647.)

    Args:
        machine: a belief net, or a machine with its groups in a chain. Its visible units are
            Bernoulli or Gaussian, its hidden units all Bernoulli or all spins; those of the top
            may be Gaussian.

    Raises:
        ValueError: the machine has other units.

    >>> from harmonium import Gaussian, belief_net
    >>> net = autoencoder_of(belief_net(64, 30, Gaussian(2)))
    >>> net.settings["units"], net.settings["activation"], net.settings["code"]
    ([64, 30, 2], 'logistic', 'linear')
    """
    kernels = [e.connection for g in _layers(machine) for e in g.edges if not e.connection.full]
    if kernels:
        raise UsageError(
            f"the machine has a {type(kernels[0]).__name__} connection, and an Autoencoder has "
            "dense layers: take unroll_autoencoder, which gives an nn.Sequential"
        )
    parts = [
        p for p in unroll_autoencoder(machine) if not isinstance(p, nn.Flatten | nn.Unflatten)
    ]
    layers: list[nn.Linear] = [part for part in parts if isinstance(part, nn.Linear)]
    kinds = [type(part) for part in parts if not isinstance(part, nn.Linear)]
    depth = len(layers) // 2
    top, last = kinds.pop(depth - 1), kinds.pop()
    hidden = next((kind for kind in (*kinds, top) if kind is not nn.Identity), nn.Sigmoid)
    ends = top in (hidden, nn.Identity) and last in (nn.Sigmoid, nn.Identity)
    if hidden not in _ACTIVATIONS or {*kinds} - {hidden} or not ends:
        graphs = _layers(machine)
        units = [graphs[0].units["v"], *(graph.units["h"] for graph in graphs)]
        raise UsageError(
            f"the units of the machine are {', '.join(type(u).__name__ for u in units)}, the "
            "visible ones first: an autoencoder needs visible units that are Bernoulli or "
            "Gaussian and hidden ones that are all Bernoulli or all Spin, or Gaussian at the top"
        )
    like = layers[0].weight
    with seeded(0):
        net = Autoencoder(
            [layers[0].in_features, *(layer.out_features for layer in layers[:depth])],
            activation=_ACTIVATIONS[hidden],
            code="linear" if top is nn.Identity else "activation",
            outputs="probabilities" if last is nn.Sigmoid else "values",
        ).to(like.device, like.dtype)
    own = [part for part in net.modules() if isinstance(part, nn.Linear)]
    for mine, theirs in zip(own, layers, strict=True):
        mine.load_state_dict(theirs.state_dict())
    return net


_ACTIVATIONS: dict[type[nn.Module], Activation] = {nn.Sigmoid: "logistic", nn.Tanh: "tanh"}
"""Activation of a group of units -> its name as a setting of ``Autoencoder``."""


def _encoder(codec: Codec) -> list[nn.Module]:
    """Copies of the encoder's modules, and of the code unless it changes nothing."""
    encoder = copy.deepcopy(codec.encoder)
    layers = [*encoder] if isinstance(encoder, nn.Sequential) else [encoder]
    return layers if isinstance(codec.code, Point) else [*layers, copy.deepcopy(codec.code)]


def randomise(net: nn.Sequential, source: Source) -> None:
    """Replaces the weights below the outputs by Glorot's normalised ones, and biases by zeros.

    These are the usual initial values of a net of sigmoid units.
    """
    for layer in net[:-1].modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight, generator=source)
            nn.init.zeros_(layer.bias)


def _layers(machine: BeliefNet | EnergyGraph) -> list[EnergyGraph]:
    """The generative layers, lowest first; for a deep Boltzmann machine, its RBMs."""
    first, *others = machine.graphs
    return machine.graphs if others or "y" in first.units else doubled(first)


def _upwards(machine: BeliefNet | EnergyGraph) -> list[EnergyGraph]:
    """The recognition layers, lowest first; in an untied net they are not the generative ones."""
    return [*machine.upwards, machine.graphs[-1]] if machine.upwards else _layers(machine)


class _Line(NamedTuple):
    """Input from above as a line over the input from below, ``(*shape)`` each."""

    slope: Tensor
    offset: Tensor


@torch.no_grad()
def _lines(graph: EnergyGraph, rows: Tensor) -> list[_Line]:
    """The least-squares lines of all groups in the middle of a chain, the lowest first."""
    first, *_ = graph.units
    data = mean_field(graph, {first: rows})
    means = {name: data.moments(graph, name)[0] for name in graph.units}
    found = []
    for e, ahead in pairwise(graph.edges):
        below = e.connection(means[e.source])
        above = ahead.connection.adjoint(means[ahead.target])
        varied = below - below.mean(0)
        square = varied.square().mean(0)
        slope = torch.where(square > 0, (varied * above).mean(0) / square, 0)
        found.append(_Line(slope, above.mean(0) - slope * below.mean(0)))
    return found


@torch.no_grad()
def _layer(graph: EnergyGraph, *, upwards: bool, line: _Line | None = None) -> list[nn.Module]:
    """Linear layer with the family's gain and bias, then its activation, reshaped if needed.

    Args:
        graph: the layer.
        upwards: from "v" to "h", or down.
        line: replaces missing input from above; None: the other copies of a group stand for it.
    """
    below, above = ("v", "h") if upwards else ("h", "v")
    joins = [e for e in graph.edges if "y" not in (e.source, e.target)]  # without labels
    layer = joins[0].connection.layer(transposed=not upwards)
    copies = sum(above in (e.source, e.target) for e in joins)
    units = graph.units[above]
    gain, bias, activation = units.neuron()
    if line is None:
        gain = copies * gain
    else:
        gain, bias = (1 + line.slope) * gain, bias + gain * line.offset
    within: list[nn.Module] = [activation]
    if isinstance(layer, nn.Linear):
        layer.weight.mul_(_flat(gain, units.shape)[:, None])
        layer.bias.add_(_flat(bias, units.shape))
    else:
        within.insert(0, Elementwise(gain, bias))
    if len(units.shape) > 1:  # an activation over the last axis needs the shape of the group
        within = [nn.Unflatten(1, tuple(units.shape)), *within, nn.Flatten(1)]
    flat = [nn.Flatten(1)] if len(graph.units[below].shape) > 1 else []
    return [*flat, layer, *within]


def _flat(x: Tensor, shape: torch.Size) -> Tensor:
    return x.expand(shape).flatten()
