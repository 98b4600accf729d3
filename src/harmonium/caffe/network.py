"""Turns a net of Caffe into a described net with its weights."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from harmonium.caffe.input import notes_of, shape_of
from harmonium.caffe.layers import DATA, DROPPED, LOSSES, Turned, turn
from harmonium.caffe.message import Message
from harmonium.caffe.text import read_text
from harmonium.caffe.upgrade import rules_allow, upgraded
from harmonium.caffe.weights import fill
from harmonium.caffe.wire import read_wire
from harmonium.errors import HarmoniumError
from harmonium.nets import Net
from harmonium.nets.described.steps import LayerError
from harmonium.random import seeded

__all__ = ["Imported", "read_caffe"]

_MOST = 10_000
"""Largest number of layers of a net."""

_SOLVERS = {"base_lr", "lr_policy", "max_iter", "net", "solver_mode", "test_iter", "train_net"}
"""Fields of files with settings of a solver."""

_ENDS = {"softmax": "classes", "sigmoid": "probabilities"}
"""Layer at the end of a net, which is left out -> kind of the outputs below it."""


@dataclass(frozen=True)
class Imported:
    """A net that was read from files of Caffe.

    Args:
        net: gives logits: a softmax or logistic function at its end is left out, as everywhere in
            this library.
        name: of the net.
        names: layer in Caffe -> full name of the module with its weights.
        types: layer in Caffe -> its type there.
        notes: what else the user must know, such as the order of channels.
        weights: whether weights were read; otherwise they are new.
    """

    net: Net
    name: str
    names: dict[str, str]
    types: dict[str, str]
    notes: list[str]
    weights: bool


def read_caffe(
    description: Path,
    weights: Path | None = None,
    *,
    shape: Sequence[int] | None = None,
    phase: Literal["train", "test"] = "test",
    output: str | None = None,
) -> Imported:
    """Reads a net of Caffe.

    Args:
        description: .prototxt, or a .caffemodel, which holds the description as well.
        weights: .caffemodel; None: new weights by the description's fillers, with seed 0.
        shape: of an example (channels, rows, columns), where the description has none.
        phase: which layers to take where the description has some for one phase only.
        output: name of the blob that is the output, where there are several.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a file is damaged, a layer is not supported, or layers and weights do not fit
            each other; the message has file and line.
    """
    binary = Path(description).suffix == ".caffemodel"
    path = Path(description)
    message = read_wire(path) if binary else read_text(path)
    layers = upgraded(message)
    if not layers and _SOLVERS & {*message.fields}:
        named = next((message.text(key) for key in ("net", "train_net") if key in message), "")
        message.refuse(
            "settings of a solver, and no net: give the description of the net"
            + (f", here {named}" if named else "")
        )
    if not layers or len(layers) > _MOST:
        message.refuse(f"{len(layers)} layers: no description of a net")
    graph = _Graph(message, layers, phase=phase)
    settings, turned = graph.net(output, shape)
    try:
        with seeded(0):
            net = Net(**settings)
    except LayerError as error:
        graph.refuse(error)
    except HarmoniumError as error:
        message.refuse(str(error))
    notes = list(graph.notes)
    source = weights if weights is not None else path if binary else None
    if source is not None:
        there = upgraded(message if source == path else read_wire(Path(source)))
        blobs = {layer.text("name"): layer.messages("blobs") for layer in there}
        unused = fill(net, turned, blobs=blobs)
        if unused:
            notes.append(f"weights that the net does not use: {', '.join(unused)}")
    return Imported(
        net.eval(),
        message.text("name") or path.stem,
        {name: module for name, (module, _) in turned.items()},
        graph.types,
        notes,
        source is not None,
    )


@dataclass
class _Made:
    """A layer of the described net, and the layer of Caffe that it comes from."""

    name: str
    settings: dict[str, Any]
    inputs: list[str]
    origin: Message


@dataclass
class _Graph:
    """The layers of one phase, turned one by one."""

    message: Message
    given: list[Message]
    phase: str
    made: list[_Made] = field(default_factory=list)
    blobs: dict[str, str] = field(default_factory=dict)
    turned: dict[str, tuple[str, Turned]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    losses: list[tuple[str, str, float]] = field(default_factory=list)
    shape: tuple[int, ...] | None = None
    shared: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first, *others = self.message.texts("input") or [""]
        if first:
            self.blobs |= dict.fromkeys(others, "label") | {first: "input"}
            self.shape = shape_of(self.message)
        for layer in self.given:
            if rules_allow(layer, self.phase.upper()):
                self._take(layer)

    # --- one layer -----------------------------------------------------------------------------

    def _take(self, layer: Message) -> None:
        kind, name = layer.text("type"), layer.text("name")
        bottoms, tops = layer.texts("bottom"), layer.texts("top")
        if kind in DATA:
            self._input(layer, tops)
            return
        inputs = [self._read(layer, bottom) for bottom in bottoms]
        if kind in DROPPED:
            return
        if kind in LOSSES:
            weight = layer.number("loss_weight", 1.0)
            self.losses.append((inputs[0], LOSSES[kind], weight))
            return
        if kind == "Split":
            self.blobs |= dict.fromkeys(tops, inputs[0])
            return
        if kind == "Scale" and self._scaled(layer, inputs):
            self.blobs[tops[0]] = inputs[0]
            return
        self._add(layer, inputs, turned=turn(layer, kind))
        self.types[name] = kind

    def _add(self, layer: Message, inputs: list[str], *, turned: Turned) -> None:
        tops = layer.texts("top")
        if len(tops) != 1 or not inputs:
            layer.refuse(
                f"layer {layer.text('name')!r} has {len(inputs)} bottoms and {len(tops)} tops: at "
                "least one bottom and exactly one top are needed"
            )
        chain = turned.layers
        if len(chain) == 2 and self._is_flat(inputs[0]):
            chain = chain[1:]
        wanted = layer.text("name") or tops[0]
        for k, settings in enumerate(chain):
            last = k == len(chain) - 1
            name = self._free(wanted if last else f"{wanted}_flat")
            self.made.append(_Made(name, settings, inputs, layer))
            inputs = [name]
        self.blobs[tops[0]] = inputs[0]
        if turned.weights:
            self._own(layer)
            self.turned[layer.text("name")] = (inputs[0], turned)

    def _input(self, layer: Message, tops: list[str]) -> None:
        if "input" in self.blobs.values():
            layer.refuse("a second input: nets with one input are supported")
        if not tops:
            layer.refuse("a layer of data without a top")
        self.blobs |= dict.fromkeys(tops[1:], "label") | {tops[0]: "input"}
        self.shape = shape_of(layer)
        self.notes += notes_of(layer)

    def _read(self, layer: Message, bottom: str) -> str:
        if bottom not in self.blobs:
            there = ", ".join([*self.blobs][-20:]) or "none"
            layer.refuse(
                f"layer {layer.text('name')!r} reads {bottom!r}, which no layer above it gives; "
                f"there are {there}",
                name="bottom",
            )
        return self.blobs[bottom]

    def _scaled(self, layer: Message, inputs: list[str]) -> bool:
        """Gives a batch normalisation the factors and biases of the Scale behind it."""
        below = self.made[-1] if self.made else None
        if below is None or below.name != inputs[0] or below.settings["type"] != "batch_norm2d":
            return False
        given = layer.message("scale_param")
        if len(inputs) > 1 or given.whole("axis", 1) != 1 or below.settings["affine"]:
            return False
        below.settings["affine"] = True
        bias = given.flag("bias_term", default=False)
        weights = {"weight": 0, **({"bias": 1} if bias else {})}
        self._own(layer)
        self.turned[layer.text("name")] = (below.name, Turned([], weights))
        self.types[layer.text("name")] = "Scale"
        return True

    def _own(self, layer: Message) -> None:
        """Raises DataError where a layer shares its parameters with another."""
        name = layer.text("name")
        if name in self.turned:
            layer.refuse(f"a second layer with weights is called {name!r}: rename it", name="name")
        for value in (f.value for f in layer.fields.get("param", ())):
            shared = value.text("name") if isinstance(value, Message) else str(value)
            if shared and shared in self.shared:
                layer.refuse(
                    f"layer {name!r} shares the parameter {shared!r} with {self.shared[shared]!r}"
                    ": shared parameters are not supported",
                    name="param",
                )
            if shared:
                self.shared[shared] = name

    def _is_flat(self, name: str) -> bool:
        """Whether a layer gives rows without further axes."""
        flat = ("flatten", "linear")
        by_name = {one.name: one for one in self.made}
        while name in by_name:
            one = by_name[name]
            if one.settings["type"] in flat:
                return True
            if one.settings["type"] not in ("dropout", "identity", "relu", "sigmoid", "tanh"):
                return False
            name = one.inputs[0]
        return False

    def _free(self, name: str) -> str:
        """A name that a module can have and no other has."""
        plain = name.replace(".", "_") or "layer"
        taken = {one.name for one in self.made} | {"input", "label"}
        while plain in taken or plain.isdigit() or hasattr(Net, plain) or plain in _OWN:
            plain += "_"
        return plain

    # --- the whole -----------------------------------------------------------------------------

    def net(
        self, output: str | None, shape: Sequence[int] | None
    ) -> tuple[dict[str, Any], dict[str, tuple[str, Turned]]]:
        """Settings of the described net, and its layers with weights."""
        axes = tuple(shape) if shape is not None else self.shape
        if axes is None:
            self.message.refuse(
                "the description does not give the shape of an example: give it, as channels, "
                "rows, columns, such as --shape 1,28,28"
            )
        end, kind = self._end(output)
        auxiliary = {n: w for n, _, w in self.losses if n != end and w > 0 and output is None}
        wanted = self._needed([end, *auxiliary])
        if wanted and wanted[-1].name != end:
            wanted.sort(key=lambda one: one.name == end)
        dropped = None
        if not self.losses and wanted and wanted[-1].settings["type"] in _ENDS:
            dropped = wanted.pop()
            kind = _ENDS[dropped.settings["type"]]
        if not wanted:
            self.message.refuse("no layers are left")
        self.layers = wanted
        if axes[0] == 3:
            self.notes.append("Caffe's nets read the channels of a picture as blue, green, red")
        kept = {one.name for one in wanted}
        settings: dict[str, Any] = {
            "shape": [*axes],
            "layers": [self._layer(one, k) for k, one in enumerate(wanted)],
            "outputs": kind,
        }
        if auxiliary:
            settings["auxiliary"] = auxiliary
        return settings, {name: t for name, t in self.turned.items() if t[0] in kept}

    def _layer(self, one: _Made, place: int) -> dict[str, Any]:
        above = self.layers[place - 1].name if place else "input"
        inputs = {} if one.inputs == [above] else {"inputs": list(one.inputs)}
        kind, rest = one.settings["type"], dict(one.settings)
        del rest["type"]
        return {"type": kind, "name": one.name, **inputs, **rest}

    def _end(self, output: str | None) -> tuple[str, str]:
        """Name of the layer that gives the outputs, and their kind."""
        if output is not None:
            if self.blobs.get(output, "label") in ("label", "input"):
                there = ", ".join([*self.blobs][-20:])
                self.message.refuse(f"there is no output {output!r}; there are {there}")
            return self.blobs[output], "values"
        if self.losses:
            name, kind, _ = self.losses[-1]
            return name, kind
        read = {name for one in self.made for name in one.inputs}
        ends = [one.name for one in self.made if one.name not in read]
        if len(ends) != 1:
            self.message.refuse(
                f"{len(ends)} outputs ({', '.join(ends[:10])}): choose one by its name"
            )
        return ends[0], "values"

    def _needed(self, ends: Sequence[str]) -> list[_Made]:
        """The layers that these need, in order."""
        wanted = {*ends}
        found = []
        for one in reversed(self.made):
            if one.name in wanted:
                wanted.update(one.inputs)
                found.append(one)
        return found[::-1]

    def refuse(self, error: LayerError) -> None:
        """Raises DataError with the place of a layer that does not fit."""
        places = [step for step in error.place if isinstance(step, int)]
        origin = self.layers[places[0]].origin if places else self.message
        origin.refuse(f"layer {origin.text('name')!r}: {error.reason}")


_OWN = tuple(f.name for f in dataclasses.fields(Imported)) + (
    *("shape", "settings", "output_kind", "auxiliary", "rescaled", "training"),
)
"""Names that a described net has itself."""
