"""Gradients of every net, activation and objective against central differences.

The nets are those of the registry: a new one is checked without a line here, as long as its
constructor takes ``units`` or whole numbers.
"""

import copy
import inspect
import typing
from collections.abc import Iterator
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from harmonium import registry
from harmonium.errors import UsageError
from harmonium.learning import Coding
from harmonium.nets import MLP, ExtremeLearningMachine, RadialBasisNet
from harmonium.nets.codes import Drawn
from harmonium.nets.dropout import set_source
from harmonium.nets.recurrent import GRU
from harmonium.random import seeded

STEP, LIMIT = 1e-6, 2e-8
ROWS, INPUTS, OUTPUTS, HIDDEN = 6, 4, 3, 5
SOURCE = torch.Generator().manual_seed(5)
X = torch.randn(ROWS, INPUTS, generator=SOURCE, dtype=torch.float64)

SMALL = {"context": 2, "embedding": 3, "hidden": 4, "memory": (6, 3)}
"""Sizes of nets that write symbols, in place of their defaults."""

PAIRS = {
    "x": torch.tensor([[0, 3, 1, 4], [2, 1, -1, -1]]),
    "target": torch.tensor([[1, 1, 4], [3, -1, -1]]),
}
"""Two sequences to read, and two to write."""

CAPTIONED = {"x": X[:2], "target": PAIRS["target"]}
"""Two rows, and a caption for each."""

TAGGED = {
    "x": torch.tensor([[0, 3, 1, 4], [2, 1, -1, -1]]),
    "target": torch.tensor([[1, 0, 4, 1], [3, 2, -1, -1]]),
}
"""Two sentences, and a tag for each word."""

TEXT = {"x": torch.tensor([[0, 3, 1, 4, 2], [2, 2, 0, 1, -1]])}
"""Two texts of symbols, the second one shorter."""

TEXTS = {"captions": CAPTIONED, "sequences": PAIRS, "tags": TAGGED, "tokens": TEXT}
"""Kind of outputs -> a batch of symbols."""

ELSEWHERE = (
    ":ActionValues",
    ":Adversaries",
    ":DeconvolutionalNet",
    ":GoPolicy",
    ":GoValue",
    ":ForecastNet",
    ":Neocognitron",
    ":ReservoirNet",
    ":SeriesNet",
    ":SlidingWindow",
)
"""Nets around other nets, over series or with inferred codes, whose gradients
tests/nets/test_{action_values,deconvolutional,forecast,go_policy,go_value,series}.py,
tests/learning/objectives/test_detection.py and
tests/laws/test_adversaries.py check."""

NETS = {
    name: place
    for name, place in registry.KINDS["Model"].items()
    if place.startswith("harmonium.nets.")
    and not any(part in place for part in (".architectures.", ".markov:", ".trees.", *ELSEWHERE))
}
"""Architectures are lists of layers, each of which is checked by itself. A Markov chain counts.
Nets over trees and series read no rows of numbers; tests/nets checks them."""
OBJECTIVES = {
    name: registry.target(place)
    for name, place in registry.KINDS["Objective"].items()
    if name not in ("node_cross_entropy", "pinball")  # of trees and series, in tests/nets
}

BLOCKS = [(1, "bernoulli"), (2, "cross_entropy"), (1, "squared_error")]
NEEDED = {"mixed": {"blocks": BLOCKS}}
"""Objective -> its settings without default, for rows of as many values as the inputs."""

PARTS = {
    "encoder": MLP([INPUTS, HIDDEN, OUTPUTS]),
    "decoder": MLP([OUTPUTS, HIDDEN, INPUTS]),
    "encoders": {
        "one": MLP([1, HIDDEN, OUTPUTS], activation="tanh"),
        "two": MLP([INPUTS - 1, OUTPUTS]),
    },
    "recurrent": GRU(INPUTS, HIDDEN),
}
"""Nets that are parts of another."""

FIXED = (ExtremeLearningMachine, RadialBasisNet)
"""Nets with one hidden layer, which is fixed."""

LAYERS = [
    {"type": "linear", "out_features": HIDDEN},
    "tanh",
    {"type": "linear", "name": "a", "out_features": HIDDEN},
    {"type": "add", "inputs": ["a", "1"]},
    {"type": "linear", "out_features": OUTPUTS},
]
"""Layers of a described net, with a shortcut."""


# --- specimens: every net with every value of every choice -----------------------------------


def choices(annotation) -> list:
    """Values of a Literal, True and False of a bool; none of any other annotation."""
    if annotation is bool:
        return [True, False]
    if typing.get_origin(annotation) is typing.Literal:
        return [*typing.get_args(annotation)]
    return [value for part in typing.get_args(annotation) for value in choices(part)]


def least(constructor) -> dict:
    """Smallest useful values of the arguments without default."""
    settings = {}
    hints = typing.get_type_hints(constructor.__init__)
    for name, parameter in inspect.signature(constructor).parameters.items():
        if parameter.default is not parameter.empty:
            if name in SMALL and {"embedding", "sources"} & {*hints}:
                settings[name] = SMALL[name]
            continue
        if name == "units":
            hidden = [HIDDEN] if constructor in FIXED else [HIDDEN, HIDDEN]
            settings[name] = [INPUTS, *hidden, OUTPUTS]
        elif name in ("layers", "shape"):
            settings[name] = LAYERS if name == "layers" else [INPUTS]
        elif name in PARTS:
            settings[name] = PARTS[name]
        else:
            usual = {"inputs": INPUTS, "outputs": OUTPUTS, "classes": OUTPUTS}
            assert hints[name] is not str, f"{constructor.__name__}: {name} has no known specimen"
            settings[name] = usual.get(name, HIDDEN)
    return settings


def specimens(constructor) -> Iterator[dict]:
    """The settings of the net as it is, and with each choice of each argument in turn."""
    settings = least(constructor)
    yield settings
    hints = typing.get_type_hints(constructor.__init__)
    for name, parameter in inspect.signature(constructor).parameters.items():
        if parameter.default is not parameter.empty:
            for value in choices(hints.get(name)):
                yield fitting(constructor, {**settings, name: value})


def fitting(constructor, settings) -> dict:
    """The settings, with as many outputs as inputs for a net that must give rows back."""
    try:
        with seeded(0):
            constructor(**settings)
    except UsageError:
        return {**settings, "outputs": INPUTS}
    return settings


CASES = [
    (name, settings)
    for name, place in NETS.items()
    for settings in specimens(registry.target(place))
]


def built(name, settings) -> nn.Module:
    """The net in float64 with a start off zero, and targets of its own scale if it has one."""
    with seeded(3):
        net = registry.target(NETS[name])(**copy.deepcopy(settings)).double().eval()
    source = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for p in net.parameters():
            p.add_(0.1 * torch.randn(p.shape, generator=source, dtype=torch.float64))
    if getattr(net, "scale", None) is not None:
        net.rescaled.fit(targets(net, values=True))
    return net


def targets(net, *, values: bool) -> Tensor:
    """Real values, classes or probabilities that fit the outputs of the net."""
    width = net(X).shape[1]
    source = torch.Generator().manual_seed(11)
    if values:
        return 3 + 2 * torch.randn(ROWS, width, generator=source, dtype=torch.float64)
    if net.output_kind in ("mixed", "probabilities", "shares"):
        return torch.rand(ROWS, width, generator=source, dtype=torch.float64)
    return torch.arange(ROWS) % width


# --- the law ---------------------------------------------------------------------------------


def mean(objective, net, batch) -> Tensor:
    return objective(net, batch).mean()


def losses(net):
    """Name -> function without arguments that gives a scalar: the objectives that fit the net.

    A net that no objective reads is checked by a fixed weighted sum of its outputs.
    """
    found = {}
    for name, objective in OBJECTIVES.items():
        if net.output_kind in objective.outputs:
            real = net.output_kind in ("gaussian", "values")
            batch = TEXTS.get(net.output_kind)
            if batch is None:
                batch = {"x": X, "y": targets(net, values=real)}
            found[name] = partial(mean, objective(**NEEDED.get(name, {})), net, batch)
    if not found:
        weights = torch.randn(net(X).shape, generator=torch.Generator().manual_seed(13)).double()
        found["weighted sum"] = lambda: (weights * net(X)).sum()
    return found


def worst(net, loss) -> float:
    """Largest difference between autograd and central differences over all parameters."""
    net.zero_grad()
    loss().backward()
    gap = 0.0
    for p in net.parameters():
        flat = p.data.view(-1)
        grad = torch.zeros_like(flat) if p.grad is None else p.grad.reshape(-1)
        for k in range(len(flat)):
            value, ends = float(flat[k]), []
            for side in (STEP, -STEP):
                flat[k] = value + side
                with torch.no_grad():
                    ends.append(float(loss()))
            flat[k] = value
            gap = max(gap, abs(float(grad[k]) - (ends[0] - ends[1]) / (2 * STEP)))
    return gap


@pytest.mark.parametrize(
    ("name", "settings"), CASES, ids=[f"{n}-{list(s.values())[1:]}" for n, s in CASES]
)
def test_gradients_are_central_differences(name, settings):
    net = built(name, settings)
    for objective, loss in losses(net).items():
        assert worst(net, loss) < LIMIT, f"{name} {settings}, {objective}"


def test_every_net_of_the_registry_is_a_specimen():
    assert {name for name, _ in CASES} == {*NETS} >= {"mlp", "autoencoder", "perceptron"}
    activations = {s["activation"] for n, s in CASES if n == "mlp" and "activation" in s}
    assert {"logistic", "tanh", "relu", "leaky_relu", "elu", "gelu", "identity"} <= activations


BATCH = [case for case in CASES if "batch" in case[1].values()]


@pytest.mark.parametrize(("name", "settings"), BATCH, ids=[name for name, _ in BATCH])
def test_gradients_pass_through_the_statistics_of_a_batch(name, settings):
    """In training mode, where batch normalisation divides by what it has just measured."""
    net = built(name, settings).train()
    for objective, loss in losses(net).items():
        assert worst(net, loss) < LIMIT, f"{name} {settings}, {objective}"


def test_gradients_pass_through_a_fixed_mask_of_dropout():
    net = built("mlp", {"units": [INPUTS, HIDDEN, OUTPUTS], "dropout": 0.4}).train()
    objective, batch = OBJECTIVES["cross_entropy"](), {"x": X, "y": targets(net, values=False)}

    def loss():
        set_source(net, torch.Generator().manual_seed(4))  # the same mask every time
        return objective(net, batch).mean()

    assert loss().item() != mean(objective, net.eval(), batch).item()
    net.train()
    assert worst(net, loss) < LIMIT


# --- codecs: every code and every penalty ----------------------------------------------------

CODES = {name: registry.target(place) for name, place in registry.KINDS["Code"].items()}
PENALTIES = {name: registry.target(place) for name, place in registry.KINDS["CodePenalty"].items()}
GIVEN = {"kept": 2, "strength": 0.7, "probes": 2, "target": 0.2}
"""Values of settings that a code or a penalty needs."""


def made(constructor, **changes):
    needed = inspect.signature(constructor).parameters
    return constructor(**{name: GIVEN[name] for name in needed if name in GIVEN} | changes)


def coding_loss(net, **settings):
    """Function without arguments that gives the loss of a codec, with equal draws every time."""
    objective, batch = Coding(OBJECTIVES["bernoulli"](), **settings), {"x": X.sigmoid()}
    penalties = settings.get("penalties", ())

    def loss():
        for k, part in enumerate([*penalties, *net.modules()]):
            if hasattr(part, "source"):
                part.source = torch.Generator().manual_seed(k)
        return objective(net, batch).mean()

    return loss


DRAWN = [(name, 3) for name, kind in CODES.items() if issubclass(kind, Drawn)]


@pytest.mark.parametrize(("name", "samples"), [*((name, 1) for name in CODES), *DRAWN])
def test_gradients_pass_through_every_code_with_its_draws(name, samples):
    settings = {"units": [INPUTS, HIDDEN, 3], "activation": "tanh", "code": made(CODES[name])}
    net = built("autoencoder", settings).train()
    assert worst(net, coding_loss(net, samples=samples)) < LIMIT


@pytest.mark.parametrize("name", PENALTIES)
def test_gradients_of_every_penalty_of_codes(name):
    net = built("autoencoder", {"units": [INPUTS, 3], "activation": "logistic"}).train()
    for changes in [{}, {"probes": None}] if name == "contractive" else [{}]:
        penalty = made(PENALTIES[name], **changes)
        plain, full = coding_loss(net)(), coding_loss(net, penalties=[penalty])
        assert float(full().detach()) > float(plain.detach())
        assert worst(net, full) < LIMIT


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_is_met_by_some_net(objective):
    assert any(objective in losses(built(name, settings)) for name, settings in CASES)


# --- the law can fail ------------------------------------------------------------------------


class Wrong(torch.autograd.Function):
    """The logistic function with a derivative that is 1 % too large."""

    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(y := z.sigmoid())
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return 1.01 * y * (1 - y) * grad


def test_a_wrong_derivative_breaks_the_law():
    net = built("mlp", {"units": [INPUTS, HIDDEN, OUTPUTS], "activation": "logistic"})
    assert worst(net, losses(net)["cross_entropy"]) < LIMIT
    net.h1_activation.forward = Wrong.apply
    assert worst(net, losses(net)["cross_entropy"]) > 100 * LIMIT
