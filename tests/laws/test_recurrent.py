"""Laws of every recurrent layer of the registry, new ones without a line here.

Gradients are central differences; a sequence in windows with a carried state equals the whole
sequence; where no truncation happens, so do the gradients; outputs never depend on later inputs.
"""

import copy

import pytest
import torch
from torch import nn

from harmonium import registry
from harmonium.learning.carried import Carried
from harmonium.learning.objectives import NextToken
from harmonium.nets import LanguageNet
from harmonium.nets.recurrent import LSTM, RNN
from harmonium.random import seeded

STEP, LIMIT = 1e-6, 2e-8
ROWS, STEPS, INPUTS, HIDDEN = 2, 6, 3, 4

LAYERS = {name: registry.target(place) for name, place in registry.KINDS["Recurrent"].items()}
VARIANTS = {
    **{name: {} for name in LAYERS},
    "rnn, relu": {"activation": "relu", "start": "identity"},
    "rnn, orthogonal": {"start": "orthogonal", "layers": 2},
    "lstm, two layers": {"layers": 2},
    "multiplicative, few factors": {"factors": 2},
}


def layer(name):
    with seeded(1):
        made = LAYERS[name.split(",")[0]](INPUTS, HIDDEN, **VARIANTS[name]).double()
    source = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for p in made.parameters():
            p.add_(0.1 * torch.randn(p.shape, generator=source, dtype=torch.float64))
    return made


def sequence(steps=STEPS):
    source = torch.Generator().manual_seed(3)
    return torch.randn(ROWS, steps, INPUTS, generator=source, dtype=torch.float64)


def state_like(made):
    """A state of the layer off zero."""
    _, state = made(sequence(1))
    source = torch.Generator().manual_seed(4)
    return tuple(torch.randn(s.shape, generator=source, dtype=torch.float64) for s in state)


def weighted(made, x, state):
    outputs, after = made(x, state)
    weights = torch.linspace(-1, 1, outputs.numel(), dtype=torch.float64).view(outputs.shape)
    return (outputs * weights).sum() + sum(part.square().sum() for part in after)


def worst(made, leaves, loss):
    """Largest difference between autograd and central differences."""
    grads = torch.autograd.grad(loss(), leaves)
    gap = 0.0
    for leaf, grad in zip(leaves, grads, strict=True):
        flat, slope = leaf.detach().view(-1), grad.reshape(-1)
        for k in range(len(flat)):
            value, ends = float(flat[k]), []
            for side in (STEP, -STEP):
                flat[k] = value + side
                with torch.no_grad():
                    ends.append(float(loss()))
            flat[k] = value
            gap = max(gap, abs(float(slope[k]) - (ends[0] - ends[1]) / (2 * STEP)))
    return gap


@pytest.mark.parametrize("name", VARIANTS)
def test_gradients_are_central_differences(name):
    """Of parameters, inputs and the first state."""
    made, x = layer(name), sequence().requires_grad_()
    state = tuple(part.clone().requires_grad_() for part in state_like(made))
    leaves = [*made.parameters(), x, *state]
    assert worst(made, leaves, lambda: weighted(made, x, state)) < LIMIT


def test_the_law_of_gradients_can_fail():
    class Wrong(nn.Module):
        """Its backward pass leaves out the recurrent part."""

        def __init__(self):
            super().__init__()
            self.inner = layer("rnn")

        def forward(self, x, state=None):
            first, middle = self.inner(x[:, :3], state)
            last, after = self.inner(x[:, 3:], tuple(part.detach() for part in middle))
            return torch.cat([first, last], 1), after

    made, x = Wrong(), sequence()
    leaves = [*made.parameters()]
    assert worst(made, leaves, lambda: weighted(made, x, None)) > 1e-3


@pytest.mark.parametrize("name", VARIANTS)
def test_windows_with_a_carried_state_equal_the_whole_sequence(name):
    made, x = layer(name), sequence()
    whole, end = made(x)
    state, pieces = None, []
    for window in x.split([1, 3, 2], 1):
        piece, state = made(window, state)
        pieces.append(piece)
    torch.testing.assert_close(torch.cat(pieces, 1), whole, rtol=0, atol=1e-12)
    for part, other in zip(state, end, strict=True):
        torch.testing.assert_close(part, other, rtol=0, atol=1e-12)
    forgetful = torch.cat([made(window)[0] for window in x.split([1, 3, 2], 1)], 1)
    assert (forgetful - whole).abs().max() > 1e-3  # without the state they differ


@pytest.mark.parametrize("name", VARIANTS)
def test_outputs_do_not_depend_on_later_inputs(name):
    made, x = layer(name), sequence()
    other = x.clone()
    other[:, 4:] += 1
    torch.testing.assert_close(made(x)[0][:, :4], made(other)[0][:, :4], rtol=0, atol=0)
    assert (made(x)[0][:, 4:] - made(other)[0][:, 4:]).abs().max() > 1e-3


# --- learning from windows ----------------------------------------------------------------------


def language(recurrent):
    with seeded(5):
        return LanguageNet(7, recurrent).double()


def text(steps):
    return torch.randint(7, (3, steps + 1), generator=torch.Generator().manual_seed(6))


def windows(x, length):
    """Batches of windows of the rows, each of which continues the one before."""
    return [
        {"x": x[:, at : at + length + 1], "continues": torch.full((len(x),), at > 0)}
        for at in range(0, x.shape[1] - 1, length)
    ]


@pytest.mark.parametrize("name", LAYERS)
def test_training_in_windows_equals_one_long_window_where_nothing_is_truncated(name):
    """Losses agree, and so does the gradient of the output layer, which no truncation cuts."""
    net, x = language(layer(name)), text(12)
    carried = Carried(NextToken())
    losses = [carried(net, batch) for batch in windows(x, 4)]
    whole = NextToken()(net, {"x": x})
    torch.testing.assert_close(torch.stack(losses).mean(0), whole, rtol=0, atol=1e-6)
    torch.stack(losses).mean().backward()
    in_windows = [p.grad.clone() for p in net.outputs.parameters()]
    net.zero_grad()
    whole.mean().backward()
    for grad, p in zip(in_windows, net.outputs.parameters(), strict=True):
        torch.testing.assert_close(grad, p.grad, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", LAYERS)
def test_one_window_of_the_whole_text_takes_the_same_step(name):
    """With a window as long as the text, truncated and full backpropagation are one."""
    net, x = language(layer(name)), text(12)
    other = copy.deepcopy(net)
    for learned, objective in ((net, Carried(NextToken())), (other, NextToken())):
        optimiser = torch.optim.SGD(learned.parameters(), lr=0.5)
        for batch in windows(x, 12):
            optimiser.zero_grad()
            objective(learned, batch).mean().backward()
            optimiser.step()
    for p, q in zip(net.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(p, q, rtol=0, atol=1e-6)


def test_gradients_of_windows_are_those_of_a_text_cut_at_their_boundaries():
    net, x = language(layer("lstm")), text(12)
    carried = Carried(NextToken())
    torch.stack([carried(net, batch) for batch in windows(x, 4)]).mean().backward()
    truncated = [p.grad.clone() for p in net.parameters()]
    net.zero_grad()
    state, losses = None, []
    for batch in windows(x, 4):
        loss, state = NextToken().carried(net, batch, state=state)
        losses.append(loss)
    torch.stack(losses).mean().backward()  # nothing is cut
    full = [p.grad.clone() for p in net.parameters()]
    gaps = [float((a - b).abs().max()) for a, b in zip(truncated, full, strict=True)]
    assert max(gaps) > 1e-4, "truncation must show in the gradients"
    net.zero_grad()
    NextToken()(net, {"x": x}).mean().backward()
    for grad, p in zip(full, net.parameters(), strict=True):
        torch.testing.assert_close(grad, p.grad, rtol=0, atol=1e-12)


def test_a_row_that_begins_anew_forgets():
    net, x = language(LSTM(INPUTS, HIDDEN).double()), text(8)
    first, second = windows(x, 4)
    carried = Carried(NextToken())
    carried(net, first)
    second["continues"] = torch.tensor([True, False, True])
    losses = carried(net, second)
    fresh = NextToken()(net, {"x": second["x"]})
    assert float((losses - fresh)[1].abs().detach()) < 1e-12
    assert float((losses - fresh)[[0, 2]].abs().min().detach()) > 1e-6


def test_rectified_units_that_start_as_the_identity_keep_their_values():
    made = RNN(INPUTS, HIDDEN, activation="relu", start="identity").double()
    state = (torch.rand(ROWS, 1, HIDDEN, dtype=torch.float64),)
    outputs, _ = made(torch.zeros(ROWS, 5, INPUTS, dtype=torch.float64), state)
    torch.testing.assert_close(outputs[:, -1], state[0][:, 0])
