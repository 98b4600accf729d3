"""The neural Turing machine: a copy by weights set by hand, padding, one step by its equations."""

import torch

import harmonium as hm
from harmonium.nets import NeuralTuringMachine
from harmonium.nets.addressing import by_content, mixed, rewritten, sharpened, shifted
from harmonium.random import seeded

SYMBOLS, SLOTS = 3, 40
AHEAD, STAYS = 2, 1
"""Places of the weights of steps."""


def by_hand():
    """A net that writes each symbol one slot ahead of the last, and then reads them again.

    Its hidden units are 1 for the symbol that is read and -1 for the others, so that every table
    of values by symbol is a linear function of them.
    """
    size = SYMBOLS + 2
    mark, nothing = SYMBOLS, SYMBOLS + 1
    net = NeuralTuringMachine(
        SYMBOLS, SYMBOLS, hidden=size, memory=(SLOTS, SYMBOLS + 1), longest=SLOTS
    ).double()
    for p in net.parameters():
        p.data.zero_()
    net.read_symbol.weight.data = 40 * torch.eye(size).double() - 20
    head = SYMBOLS + 1 + 3 + 3
    steer = torch.zeros(2, head, size).double()
    gate, steps = SYMBOLS + 2, SYMBOLS + 4
    steer[:, gate] = -50  # the address by content counts for nothing
    steer[0, steps + AHEAD, : mark + 1] = 50
    steer[0, steps + STAYS, nothing] = 50
    steer[1, steps + STAYS, : mark + 1] = 50
    steer[1, steps + AHEAD, nothing] = 50
    change = torch.zeros(2, SYMBOLS + 1, size).double()
    change[0] = 50
    change[0, :, nothing] = -50
    change[1, :, : mark + 1] = 50 * torch.eye(SYMBOLS + 1).double()
    for layer, table in ((net.steer, steer), (net.change, change)):
        values = table.flatten(0, 1)
        layer.weight.data, layer.bias.data = values / 2, values.sum(1) / 2
    net.outputs.weight.data[:, size:] = 10 * torch.eye(SYMBOLS + 1).double()
    return net.eval()


def test_weights_set_by_hand_copy_sequences_of_any_length():
    source = torch.Generator().manual_seed(0)
    x = torch.randint(SYMBOLS, (30, 30), generator=source)
    x[torch.arange(30) > torch.arange(30)[:, None]] = -1  # lengths 1 to 30
    net = by_hand()
    written, looked = net.transduce(x)
    assert torch.equal(written, x)
    for row in range(30):
        n = row + 1
        torch.testing.assert_close(looked[row, :n, :n], torch.eye(n).double(), atol=1e-9, rtol=0)


def test_its_heads_are_where_they_should_be():
    write, read = by_hand().addresses(torch.tensor([[0, 2, 1]]), 4)
    places = torch.eye(SLOTS).double()
    expected = places[[1, 2, 3, 4, 4, 4, 4, 4]], places[[0, 0, 0, 0, 1, 2, 3, 4]]
    torch.testing.assert_close(write[0], expected[0], atol=1e-9, rtol=0)
    torch.testing.assert_close(read[0], expected[1], atol=1e-9, rtol=0)


def net():
    with seeded(0):
        return NeuralTuringMachine(4, 3, hidden=5, memory=(6, 3), longest=5).double()


SOURCE = torch.tensor([[0, 3, 1, 2], [2, 1, -1, -1]])
TARGET = torch.tensor([[1, 0, 2], [0, 0, -1]])


def test_what_stands_behind_the_end_changes_nothing():
    made = net()
    torch.testing.assert_close(made(SOURCE, TARGET)[1:], made(SOURCE[1:, :2], TARGET[1:]))
    _, looked = made.transduce(SOURCE)
    assert not looked[1, :, 2:].any()
    assert bool((looked.sum(-1) <= 2).all())


def test_one_step_is_its_equations():
    made = net()
    tape = made.read(SOURCE)
    logits, after, looked = made.write(tape, torch.tensor([3, 3]))
    h = torch.tanh(made.read_symbol.weight[5] + made.recall(tape.content))
    new = []
    for k, part in enumerate(made.steer(h).chunk(2, 1)):
        key, strength, gate, power, steps = part[:, None].split([3, 1, 1, 1, 3], 2)
        w = by_content(tape.memory, key.tanh(), strength=torch.nn.functional.softplus(strength))
        w = mixed(w, tape.heads[:, k : k + 1], gate=gate.sigmoid())
        w = shifted(w, steps.softmax(2))
        new.append(sharpened(w, 1 + torch.nn.functional.softplus(power))[:, 0])
    erase, add = made.change(h).chunk(2, 1)
    memory = rewritten(tape.memory, new[0], erase=erase.sigmoid(), add=add.tanh())
    content = (new[1][..., None] * memory).sum(1)
    torch.testing.assert_close(after.memory, memory)
    torch.testing.assert_close(after.heads, torch.stack(new, 1))
    torch.testing.assert_close(logits, made.outputs(torch.cat([h, content], 1)))
    torch.testing.assert_close(looked, (tape.passed * new[1][:, None]).sum(2))


def test_a_file_keeps_it(tmp_path):
    made = net().float()
    hm.save(made, tmp_path / "net.safetensors")
    again = hm.load(tmp_path / "net.safetensors")
    assert torch.equal(again(SOURCE, TARGET), made(SOURCE, TARGET))
    assert again.settings == made.settings
