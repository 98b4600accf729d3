"""The encoder and decoder: its equations, padding, and that writing agrees with known outputs."""

import torch

from harmonium.nets import Transducer
from harmonium.random import seeded

SOURCE = torch.tensor([[0, 3, 1, 2], [2, 1, -1, -1]])
TARGET = torch.tensor([[1, 0, 2], [0, 0, 1]])


def net():
    with seeded(0):
        return Transducer(4, 3, embedding=2, hidden=3, longest=5).double()


def test_one_step_is_its_equations():
    made = net()
    state = made.read(SOURCE)
    seen, _, _, d = state
    logits, (_, _, _, after), looked = made.write(state, torch.tensor([3, 3]))
    for row, n in enumerate((4, 2)):
        e = seen[row, :n]
        scores = [
            made.score.weight[0] @ torch.tanh(made.query(d[row]) + made.key(e[s]))
            for s in range(n)
        ]
        a = torch.stack(scores).softmax(0)
        torch.testing.assert_close(looked[row, :n], a)
        c = (a[:, None] * e).sum(0)
        x = torch.cat([made.target_vectors.weight[3], c])
        new = made.decoder(x[None, None], (d[row][None, None],))[0][0, 0]
        torch.testing.assert_close(after[row], new)
        torch.testing.assert_close(logits[row], made.outputs(torch.cat([new, c])))


def test_what_stands_behind_the_end_changes_nothing():
    made = net()
    torch.testing.assert_close(made(SOURCE, TARGET)[1:], made(SOURCE[1:, :2], TARGET[1:]))
    _, looked = made.transduce(SOURCE)
    torch.testing.assert_close(looked.sum(-1), torch.ones(looked.shape[:2]).double())
    assert not looked[1, :, 2:].any()


def test_writing_takes_the_most_probable_symbols():
    made = net()
    with torch.no_grad():
        made.outputs.bias[3] = -9.0  # so that it does not end
    written, _ = made.transduce(SOURCE)
    assert written.shape == (2, 5)
    assert torch.equal(made(SOURCE, written)[:, :-1].argmax(-1), written)
