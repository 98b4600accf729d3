"""Nets over trees, node by node: the oracle of what the library computes level by level."""

import torch

__all__ = ["WORDS", "drawn", "logits_of_nodes"]

WORDS = tuple("abcdefgh")


def drawn(generator, leaves):
    """A random tree with this many words, in brackets, with labels 0 to 2."""
    label = int(torch.randint(3, (), generator=generator))
    if leaves == 1:
        return f"({label} {WORDS[int(torch.randint(len(WORDS), (), generator=generator))]})"
    left = int(torch.randint(1, leaves, (), generator=generator))
    return f"({label} {drawn(generator, left)} {drawn(generator, leaves - left)})"


def logits_of_nodes(net, tree, words):
    """Logits of every node of one tree in post-order, by recursion from the root."""
    found = {}
    state(net, tree, len(tree) - 1, words=words, found=found)
    head = net.outputs
    return torch.stack([head.weight @ vector(net, found[i]) + head.bias for i in range(len(tree))])


def vector(net, state):
    return state[0] if isinstance(state, tuple) else state


def state(net, tree, i, *, words, found):
    """The state of node i, from those of its children."""
    kind = type(net).__name__
    if tree.left[i] < 0:
        index = words.index(tree.words[i]) + 1 if tree.words[i] in words else 0
        found[i] = LEAVES[kind](net, index)
    else:
        parts = [
            state(net, tree, child, words=words, found=found) for child in (tree.left[i], i - 1)
        ]
        found[i] = JOINTS[kind](net, *parts)
    return found[i]


def word(net, index):
    return net.read.weight[index]


def lstm_word(net, index):
    x, size = net.read.table.weight[index], net.settings["hidden"]
    z = net.read.matrix @ x + net.read.bias
    c, o = z[:size], z[size:]
    return torch.sigmoid(o) * torch.tanh(c), c


def layer(net, left, right):
    part = net.compose
    return torch.tanh(part.matrix @ torch.cat([left, right]) + part.bias)


def tensor_layer(net, left, right):
    part, x = net.compose, torch.cat([left, right])
    squares = [x @ part.tensor[:, k] @ x for k in range(len(part.bias))]
    return torch.tanh(torch.stack(squares) + part.matrix @ x + part.bias)


def gates(net, left, right):
    (h_left, c_left), (h_right, c_right) = left, right
    part, n = net.compose, len(h_left)
    z = part.matrix @ torch.cat([h_left, h_right]) + part.bias
    i, f_left, f_right, o, u = (z[k * n : (k + 1) * n] for k in range(5))
    sigma = torch.sigmoid
    c = sigma(i) * torch.tanh(u) + sigma(f_left) * c_left + sigma(f_right) * c_right
    return sigma(o) * torch.tanh(c), c


LEAVES = {"RecursiveNet": word, "RNTN": word, "TreeLSTM": lstm_word}
JOINTS = {"RecursiveNet": layer, "RNTN": tensor_layer, "TreeLSTM": gates}
