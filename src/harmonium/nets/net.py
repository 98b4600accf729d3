"""A net described by its layers: any directed graph of modules, from a recipe or from Python."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.ambient import room
from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.catalogue.find import nearest
from harmonium.errors import UsageError
from harmonium.nets.described import Layer, LayerError, Step, steps_of
from harmonium.nets.described.initial import check_lists
from harmonium.nets.described.modules import Shape, module_of, shape_of
from harmonium.nets.described.steps import INPUT
from harmonium.nets.rescaled import Rescaled

__all__ = ["Net", "Node"]


_NO_LOGITS = {"logistic", "sigmoid", "softmax"}
"""Layers whose outputs are no logits."""


@dataclass(frozen=True)
class Node:
    """One layer of a net.

    Args:
        name: full name, the path of its module: "conv1", "layer1.0".
        type: of the layer in the registry, such as "conv2d".
        module: reads the outputs of its inputs.
        inputs: names of the nodes that it reads; "input" is the input of the net.
        shape: of its output, without the batch axis.
        rate: factor of the learning rate of its parameters.
        frozen: whether its parameters stay as they are.
    """

    name: str
    type: str
    module: nn.Module
    inputs: tuple[str, ...]
    shape: Shape
    rate: float
    frozen: bool


@checked
class Net(nn.Module):
    """A net of layers in any directed graph without cycles, ``(B, *shape) -> (B, *outputs)``.

    A layer is the name of a type (``registry.KINDS["Layer"]``) or a mapping with "type", the
    arguments of the type's constructor under PyTorch's names, and those of ``Placed``: "name",
    "inputs", "repeat", "initial", "frozen", "rate". A layer reads the one above, or those that
    "inputs" names. Sizes of inputs (``in_channels``, ``in_features``, ``num_features``,
    ``num_channels``, ``shape``) follow from what a layer reads. Layers of type "sequential" hold a
    list of their own.

    Modules stand under their names, and a layer without a name under its number, so that
    parameters are called as in PyTorch: "conv1.weight", "layer1.0.conv1.weight". Initial values
    are those of PyTorch's modules, drawn from the seed of the surrounding ``random.seeded``.

    The last layer gives the outputs. Its shape is found, like all others, before any parameter is
    made.

    Args:
        shape: axes of one example: (channels, rows, columns) for pictures.
        layers: in an order in which every layer stands below those that it reads.
        outputs: kind of the outputs: logits of classes, of which a row has one; logits of
            probabilities that are independent; or real values.
        auxiliary: name of a layer -> weight of the loss of its outputs, which are of the same kind
            and number as those of the last layer. They are computed only in training.

    Raises:
        LayerError: a layer is unknown, cannot read its inputs, or is read by no other.
        ValueError: an auxiliary layer does not exist, or the parameters do not fit into memory.

    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = Net([1, 8, 8], [
    ...         {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 3},
    ...         "relu",
    ...         {"type": "max_pool2d", "kernel_size": 2},
    ...         "flatten",
    ...         {"type": "linear", "name": "fc", "out_features": 10},
    ...     ])
    >>> net(torch.zeros(5, 1, 8, 8, dtype=torch.float32)).shape
    torch.Size([5, 10])
    >>> [(node.name, node.shape) for node in net.nodes][:3], [*net.state_dict()][:2]
    ([('conv', (4, 6, 6)), ('1', (4, 6, 6)), ('2', (4, 3, 3))], ['conv.weight', 'conv.bias'])
    """

    def __init__(
        self,
        shape: Sequence[Count],
        layers: Sequence[Layer],
        *,
        outputs: Literal["classes", "probabilities", "values"] = "classes",
        auxiliary: Mapping[str, Positive] | None = None,
    ) -> None:
        super().__init__()
        self.shape: Shape = tuple(map(int, shape))
        self.output_kind = outputs
        self.auxiliary = dict(auxiliary or {})
        self._steps = steps_of(layers)
        self.settings: dict[str, Any] = {
            "shape": [*self.shape],
            "layers": _plain(layers),
            "outputs": outputs,
            "auxiliary": dict(self.auxiliary),
        }
        if not self._steps or not self.shape:
            raise UsageError("a net needs at least one layer, and a shape of at least one axis")
        self._check_read()
        self._shapes = self._outlined()
        self._check_auxiliary()
        self._main = [*self._needed([self._steps[-1].name])]
        self._all = [*self._needed([self._steps[-1].name, *self.auxiliary])]
        self._make()
        self._check_last()
        if outputs == "values":
            self.rescaled = Rescaled(math.prod(self._shapes[self._steps[-1].name]))

    # --- making --------------------------------------------------------------------------------

    def _check_read(self) -> None:
        """Raises where a layer is read by none and gives no outputs, or an output is unknown."""
        names = [step.name for step in self._steps]
        for name in self.auxiliary:
            if name not in names:
                raise UsageError(f"auxiliary: there is no layer {name!r}{nearest(name, names)}")
        read = {name for step in self._steps for name in step.inputs} | {*self.auxiliary}
        for step in self._steps[:-1]:
            if step.name not in read:
                reason = "no layer reads it: name it among the inputs of a later one, or delete it"
                raise LayerError(step.place, step.label, reason=reason)

    def _check_last(self) -> None:
        """Raises where the last layer gives probabilities."""
        last = self._steps[-1]
        if self.output_kind != "values" and last.type in _NO_LOGITS:
            reason = (
                "the outputs of the net are logits, of which the objective makes probabilities"
            )
            raise LayerError(last.place, last.label, reason=f"{reason}: delete this last layer")

    def _check_auxiliary(self) -> None:
        """Raises where the outputs of an auxiliary layer are not like those of the net."""
        wanted = self._shapes[self._steps[-1].name]
        for name in self.auxiliary:
            if (shape := self._shapes[name]) != wanted:
                raise UsageError(
                    f"auxiliary: {name!r} has outputs of shape {shape}, and those of the net are "
                    f"{wanted}: name a layer with outputs of this shape"
                )

    def _outlined(self) -> dict[str, Shape]:
        """Name -> shape of every layer's output; raises LayerError where layers do not fit."""
        shapes: dict[str, Shape] = {INPUT: self.shape}
        names: dict[str, list[str]] = {}
        count = 0
        for step in self._steps:
            read = [shapes[name] for name in step.inputs]
            with torch.device("meta"):
                module = module_of(step, read)
            shapes[step.name] = shape_of(step, module, shapes=read)
            names[step.name] = [name for name, _ in module.named_parameters()]
            count += sum(p.numel() for p in module.parameters())
        check_lists(self._steps, names)
        room(4 * count, f"learning a net of {count:,d} parameters")  # with Adam
        return shapes

    def _make(self) -> None:
        """Makes the modules, each under its name."""
        for step in self._steps:
            module = module_of(step, [self._shapes[name] for name in step.inputs])
            holder: nn.Module = self
            *above, last = step.name.split(".")
            for name in above:
                if name not in holder._modules:
                    _add(holder, nn.Module(), name=name, step=step)
                holder = holder.get_submodule(name)
            _add(holder, module, name=last, step=step)

    def _needed(self, ends: Sequence[str]) -> Iterator[Step]:
        """The steps that these need, in order."""
        wanted = {*ends}
        for step in reversed(self._steps):
            if step.name in wanted:
                wanted.update(step.inputs)
        return (step for step in self._steps if step.name in wanted)

    # --- what it is ----------------------------------------------------------------------------

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The layers, in order."""
        return tuple(
            Node(
                step.name,
                step.type,
                self.get_submodule(step.name),
                step.inputs,
                self._shapes[step.name],
                rate=step.rate,
                frozen=step.frozen,
            )
            for step in self._steps
        )

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, units of every layer with parameters, number of outputs."""
        own = [n.name for n in self.nodes[:-1] if next(n.module.parameters(), None) is not None]
        sizes = (math.prod(self._shapes[name]) for name in own)
        return (math.prod(self.shape), *sizes, math.prod(self._shapes[self._steps[-1].name]))

    @property
    def scale(self) -> Tensor | None:
        """Standard deviations of the targets, ``(outputs,)``; None for classes."""
        part = getattr(self, "rescaled", None)
        return None if part is None else part.scale

    def train(self, mode: bool = True) -> "Net":  # noqa: FBT001, FBT002
        """Sets training or evaluation mode; frozen layers stay in evaluation mode."""
        super().train(mode)
        for step in self._steps:
            if step.frozen:
                self.get_submodule(step.name).eval()
        return self

    # --- what it does --------------------------------------------------------------------------

    def forward(self, x: Tensor) -> Tensor:
        """The outputs of the last layer, ``(B, *shape) -> (B, *outputs)``."""
        last = self._steps[-1].name
        return self._ended(self._run(x, self._main, keep=(last,))[last])

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Name -> output ``(B, *shape)`` of every layer but the last, the lowest first."""
        *below, _ = self._main
        names = [step.name for step in below]
        found = self._run(x, below, keep=names)
        return {name: found[name] for name in names}

    def heads(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The outputs, and those of every auxiliary layer by its name."""
        last = self._steps[-1].name
        found = self._run(x, self._all, keep=(last, *self.auxiliary))
        return self._ended(found[last]), {name: found[name] for name in self.auxiliary}

    def _ended(self, outputs: Tensor) -> Tensor:
        if self.output_kind != "values":
            return outputs
        rescaled: Tensor = self.rescaled(outputs)
        return rescaled

    def _run(self, x: Tensor, steps: Sequence[Step], *, keep: Sequence[str]) -> dict[str, Tensor]:
        """Outputs of some layers; others are freed when no layer needs them any more."""
        if tuple(x.shape[1:]) != self.shape:
            x = _shaped(x, self.shape)
        readers = Counter(name for step in steps for name in step.inputs)
        readers.update(keep)
        found = {INPUT: x}
        for step in steps:
            values = [found[name] for name in step.inputs]
            found[step.name] = self.get_submodule(step.name)(*values)
            for name in step.inputs:
                readers[name] -= 1
                if not readers[name]:
                    del found[name]
        return found


def _shaped(x: Tensor, shape: Shape) -> Tensor:
    """Rows in the shape that a net reads: flat ones, or ones with other axes of size 1."""
    own, given = ([n for n in axes if n != 1] for axes in (shape, x.shape[1:]))
    flat = x.ndim == 2 or len(shape) == 1
    if own != given and not (flat and math.prod(own) == math.prod(given)):
        raise UsageError(f"examples of shape {tuple(x.shape[1:])}, but the net reads {shape}")
    return x.reshape(len(x), *shape)


def _add(holder: nn.Module, module: nn.Module, *, name: str, step: Step) -> None:
    own = isinstance(holder, Net) and name == "rescaled"  # made after the layers
    if own or name in holder._modules or hasattr(holder, name):
        raise LayerError(
            step.place, step.label, reason=f"a net has a part {name!r} itself: rename it"
        )
    holder.add_module(name, module)


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Layers with lists in the place of tuples, as a file has them."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
