"""Receptive fields: which part of a picture each unit of a net can see."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.nets.net import Net
from harmonium.nets.operations import Operations

__all__ = ["Field", "receptive_fields"]


@dataclass(frozen=True)
class Field:
    """What the units of a layer see, for each axis of a picture behind its channels.

    Unit i of an axis sees the places ``start + i stride`` up to ``start + i stride + size - 1`` of
    the input; those outside the picture are padding.

    Args:
        size: number of places that a unit sees, from the first to the last.
        stride: distance of the fields of neighbouring units; 0 if all units see the same.
        start: first place that unit 0 sees.
    """

    size: tuple[float, ...]
    stride: tuple[float, ...]
    start: tuple[float, ...]

    def of(self, *unit: int) -> tuple[tuple[float, float], ...]:
        """First and last place that a unit sees, for each axis.

        >>> Field((5, 5), (2, 2), (-1, -1)).of(0, 3)
        ((-1, 3), (5, 9))
        """
        firsts = [a + i * s for i, s, a in zip(unit, self.stride, self.start, strict=True)]
        return tuple((first, first + n - 1) for first, n in zip(firsts, self.size, strict=True))


def receptive_fields(net: nn.Module, shape: Sequence[int] | None = None) -> dict[str, Field]:
    r"""The receptive field of every layer of a net, by the layer's name.

    A layer whose unit i reads the units :math:`s i - p, \dots, s i - p + d (k - 1)` of the layer
    below (kernel k, stride s, padding p, dilation d) has

    .. math:: n' = n + d (k - 1) S, \qquad S' = s S, \qquad a' = a - p S

    where n, S and a are size, stride and start of the field below. Where branches meet, a field
    reaches from the first place of all to the last. Units of dense layers see what all units below
    see. Units of larger maps (transposed convolution, upsampling) see places of several phases;
    their field covers all of them, so that a unit sees some of it only. The net is run once on the
    device "meta", with every operation of its modules, so that blocks of any kind are seen
    through.

    Args:
        net: a ``Net``, or any module.
        shape: of one example; that of the ``Net`` by default.

    Returns:
        Name of a layer (of a module without children) -> its field.

    Raises:
        ValueError: the module says no shape, or branches of different strides meet.

    >>> net = Net([1, 28, 28], [
    ...     {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 5},
    ...     {"type": "max_pool2d", "name": "pool", "kernel_size": 2},
    ... ])
    >>> receptive_fields(net)["pool"]
    Field(size=(6, 6), stride=(2, 2), start=(0, 0))
    """
    axes = getattr(net, "shape", None) if shape is None else tuple(shape)
    if axes is None:
        raise UsageError("receptive_fields: the net has no shape: give that of one example")
    if isinstance(net, Net):
        with torch.device("meta"):
            studied: nn.Module = Net(**net.settings)
        names = [node.name for node in net.nodes]
        run: Callable[[Tensor], object] = studied.heads  # type: ignore[assignment]
    else:
        studied = copy.deepcopy(net).to("meta", torch.float32)
        names = [n for n, part in studied.named_modules() if not [*part.children()]]
        run = studied
    studied.eval()
    found: dict[str, Field] = {}
    fields = _Fields(len(axes) - 1)
    handles = [
        studied.get_submodule(name).register_forward_hook(_noting(found, name, fields=fields))
        for name in names
    ]
    with torch.no_grad(), torch.device("meta"):
        x = torch.empty(_BATCH, *axes, dtype=torch.float32)
        fields.begin(x)
        with fields:
            run(x)
    for handle in handles:
        handle.remove()
    return found


_BATCH = 1009
"""Rows; no other axis is likely to have this size."""


def _noting(found: dict[str, Field], name: str, *, fields: "_Fields") -> Callable[..., None]:
    def note(*called: Any) -> None:  # noqa: ANN401
        found[name] = fields.of(called[-1])

    return note


@dataclass(frozen=True)
class _Axis:
    """The field along one axis."""

    size: float = 1
    stride: float = 1
    start: float = 0

    @property
    def last(self) -> float:
        return self.start + self.size - 1

    def windows(self, kernel: int, *, stride: float, padding: float, dilation: int = 1) -> "_Axis":
        """The axis of a layer whose units read windows of this one."""
        return _Axis(
            self.size + dilation * (kernel - 1) * self.stride,
            self.stride * stride,
            self.start - padding * self.stride,
        )

    def whole(self, units: int) -> "_Axis":
        """The axis of units that read all units of this one."""
        return _Axis(self.size + self.stride * (units - 1), 0, self.start)

    def spread(self, kernel: int, *, stride: int, padding: int, dilation: int) -> "_Axis":
        """The axis of a transposed convolution, whose units lie between those of this one."""
        reach = dilation * (kernel - 1)
        return _Axis(
            self.size + self.stride * reach / stride,
            self.stride / stride,
            self.start + self.stride * (padding - reach) / stride,
        )


def _joined(axes: Sequence[_Axis]) -> _Axis:
    """The axis of units that read one unit of each of these."""
    strides = {axis.stride for axis in axes}
    if 0 in strides:  # some see everything
        first = min(axis.start for axis in axes if axis.stride == 0)
        last = max(axis.last for axis in axes if axis.stride == 0)
        return _Axis(last - first + 1, 0, first)
    if len(strides) > 1:
        raise UsageError(
            f"receptive_fields: branches of the strides {sorted(map(_whole, strides))} meet, "
            "whose fields move apart: no single field describes them"
        )
    first, last = min(axis.start for axis in axes), max(axis.last for axis in axes)
    return _Axis(last - first + 1, strides.pop(), first)


class _Fields(Operations):
    """Follows the fields of the last axes of tensors through every operation."""

    def __init__(self, axes: int) -> None:
        super().__init__()
        self.axes = axes
        self.known: dict[int, tuple[Tensor, list[_Axis]]] = {}

    def begin(self, x: Tensor) -> None:
        """Makes a tensor the picture."""
        self.known[id(x)] = (x, [_Axis()] * self.axes)

    def of(self, x: Tensor) -> Field:
        """The field of a tensor."""
        axes = self.known[id(x)][1]
        sizes, strides, starts = (
            [getattr(a, n) for a in axes] for n in ("size", "stride", "start")
        )
        return Field(*(tuple(map(_whole, values)) for values in (sizes, strides, starts)))

    def done(self, name: str, args: Sequence[Any], *, output: Any) -> None:  # noqa: ANN401
        """Gives the outputs of an operation the fields of what they read."""
        read = [self.known[id(x)] for x in _tensors(args) if id(x) in self.known]
        for made in _tensors([output]):
            if read and self.axes:
                self.known[id(made)] = (made, self._after(name, args, read=read, made=made))
            elif read:
                self.known[id(made)] = (made, [])

    def _after(
        self,
        name: str,
        args: Sequence[Any],
        *,
        read: Sequence[tuple[Tensor, list[_Axis]]],
        made: Tensor,
    ) -> list[_Axis]:
        x, below = read[0]
        if (rule := _RULES.get(name)) is not None:
            settings = [rule(args, axis - self.axes) for axis in range(self.axes)]
            return [change(a) for change, a in zip(settings, below, strict=True)]
        if name.startswith(("_adaptive", "adaptive")):
            return [
                _adapted(axis, x.shape[k - self.axes], above=made.shape[k - self.axes])
                for k, axis in enumerate(below)
            ]
        if name.startswith("upsample"):
            return [
                _stretched(axis, made.shape[k - self.axes] / x.shape[k - self.axes], name=name)
                for k, axis in enumerate(below)
            ]
        axis = _argument(args, 1, default=0) if name == "slice" else 0
        if axis and axis % x.ndim >= x.ndim - self.axes:
            return _sliced(below, args, axis=axis % x.ndim - (x.ndim - self.axes))
        kept = [self._kept(tensor, axes, made=made) for tensor, axes in read]
        return [_joined(axes) for axes in zip(*kept, strict=True)]

    def _kept(self, x: Tensor, axes: list[_Axis], *, made: Tensor) -> list[_Axis]:
        """Fields behind an operation without windows: the same, or all where axes are merged."""
        sizes = x.shape[-self.axes :]
        if made.ndim > self.axes and made.shape[-self.axes :] == sizes:
            return axes
        alike = made.ndim == x.ndim and made.shape[: -self.axes] == x.shape[: -self.axes]
        if alike and set(sizes) == {1}:  # spread over the axes of another factor
            return axes
        return [axis.whole(n) for axis, n in zip(axes, sizes, strict=True)]


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value


def _tensors(values: Any) -> list[Tensor]:  # noqa: ANN401
    """Tensors among the arguments of an operation, also inside lists."""
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found.extend(_tensors(value))
    return found


Change = Callable[[_Axis], _Axis]


def _at(values: Any, axis: int, *, default: int = 1) -> int:  # noqa: ANN401
    """Setting of an operation for an axis, counted from the end."""
    if not isinstance(values, list | tuple):
        return int(values)
    if not values:
        return default
    return int(values[axis] if len(values) > 1 else values[0])


def _argument(args: Sequence[Any], place: int, *, default: Any) -> Any:  # noqa: ANN401
    return args[place] if len(args) > place else default


def _convolved(args: Sequence[Any], axis: int) -> Change:
    weight, (stride, padding, dilation) = args[1], (_at(args[k], axis) for k in (3, 4, 5))
    kernel = int(weight.shape[axis])

    def change(below: _Axis) -> _Axis:
        if args[6]:
            return below.spread(kernel, stride=stride, padding=padding, dilation=dilation)
        return below.windows(kernel, stride=stride, padding=padding, dilation=dilation)

    return change


def _pooled(args: Sequence[Any], axis: int, *, dilated: bool) -> Change:
    kernel = _at(args[1], axis)
    stride = _at(_argument(args, 2, default=[]), axis, default=kernel)
    padding = _at(_argument(args, 3, default=0), axis)
    dilation = _at(_argument(args, 4, default=1), axis) if dilated else 1
    return lambda a: a.windows(kernel, stride=stride, padding=padding, dilation=dilation)


def _padded(args: Sequence[Any], axis: int) -> Change:
    pads = args[1]
    place = 2 * (-axis - 1)
    before = pads[place] if place < len(pads) else 0
    return lambda a: _Axis(a.size, a.stride, a.start - before * a.stride)


_RULES: dict[str, Callable[[Sequence[Any], int], Change]] = {
    "convolution": _convolved,
    "constant_pad_nd": _padded,
    **{f"avg_pool{n}d": lambda args, axis: _pooled(args, axis, dilated=False) for n in (1, 2, 3)},
    **{
        name: lambda args, axis: _pooled(args, axis, dilated=True)
        for n in (1, 2, 3)
        for name in (f"max_pool{n}d", f"max_pool{n}d_with_indices")
    },
}
"""Operation -> how it changes the field of an axis, from its arguments."""


def _adapted(axis: _Axis, below: int, *, above: int) -> _Axis:
    """The axis of adaptive pooling; windows of unequal size count as the largest."""
    if above == 1:
        return axis.whole(below)
    size = below // above if below % above == 0 else below // above + 2
    return axis.windows(min(size, below), stride=below / above, padding=0)


def _stretched(axis: _Axis, factor: float, *, name: str) -> _Axis:
    """The axis of a larger map, whose unit j reads units around u = (j + 1/2) / factor - 1/2."""
    if "nearest" in name:  # from (j + 1) / factor - 1 to j / factor
        before, more = 1 - 1 / factor, 1 - 1 / factor
    else:  # from u - 1 to u + 1, or of cubic functions from u - 2 to u + 2
        near = 2 if "cubic" in name else 1
        before, more = near + 0.5 - 0.5 / factor, 2 * near
    start = axis.start - axis.stride * before
    return _Axis(axis.size + axis.stride * more, axis.stride / factor, start)


def _sliced(below: list[_Axis], args: Sequence[Any], *, axis: int) -> list[_Axis]:
    first, step = _argument(args, 2, default=0) or 0, _argument(args, 4, default=1)
    a = below[axis]
    changed = _Axis(a.size, a.stride * step, a.start + first * a.stride)
    return [*below[:axis], changed, *below[axis + 1 :]]
