"""What it gains to compute trees level by level instead of node by node.

    python benchmarks/trees.py                      # a table; benchmarks/out/trees.json
    python benchmarks/trees.py --trees 100 --turns 7

All ways compute the loss of all nodes of a batch of trees and its gradient, with the same net of
25 numbers a node, the tree-LSTM with 100. "Definition" is the recursion that the tests take as
their oracle, formula by formula; "modules" calls itself for both parts of a node as well, and
joins them by the net's own modules, one node at a time, which is the fastest recursion. Trees are
those of the Stanford Sentiment Treebank where it is found ($HARMONIUM_DATA), else random ones of 3
to 40 words. Ratios are medians over turns of processor time with one thread.
"""

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from harmonium.data import Tree, Trees, read_tree, sst, tree_rows, trees_of, vocabulary
from harmonium.learning.objectives.node_cross_entropy import NodeCrossEntropy
from harmonium.nets.trees import RNTN, RecursiveNet, TreeLSTM, TreeNet
from harmonium.random import seeded

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.nets.trees.reference import logits_of_nodes  # noqa: E402

NETS: dict[str, tuple[Any, int]] = {
    "recursive net": (RecursiveNet, 25),
    "RNTN": (RNTN, 25),
    "tree-LSTM": (TreeLSTM, 100),
}
CLASSES = 5


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--trees", type=int, default=30)
    options.add_argument("--turns", type=int, default=5)
    options.add_argument("--out", type=Path, default=HERE / "out" / "trees.json")
    args = options.parse_args()
    torch.set_num_threads(1)
    found = some_trees(args.trees)
    kind = Trees(vocabulary(found, 10_000), longest=64)
    x = tree_rows(found, kind)
    nodes = torch.full((len(x), kind.shape[1]), -1)
    for row, tree in zip(nodes, found, strict=True):
        row[: len(tree)] = torch.tensor([int(label) for label in tree.labels])
    total = sum(map(len, found))
    print(f"{len(found)} trees of {total} nodes: loss of all nodes and its gradient, one thread\n")
    print(f"{'':15} {'definition':>13} {'modules':>13} {'level by level':>15} {'ratios':>15}")
    results = {}
    for name, (make, hidden) in NETS.items():
        with seeded(0):
            net = make(len(kind.words), hidden, classes=CLASSES, longest=64)
        batch = {"x": x, "nodes": nodes}
        results[name] = compared(net, batch, found=found, words=kind.words, turns=args.turns)
        each = [1e3 * results[name][f"{way}_s"] for way in ("definition", "modules", "levels")]
        ratios = [results[name][f"{way}_ratio"] for way in ("definition", "modules")]
        print(
            f"{name:15} {each[0]:10.1f} ms {each[1]:10.1f} ms {each[2]:12.1f} ms "
            f"{ratios[0]:7.1f} {ratios[1]:7.1f}"
        )
    args.out.parent.mkdir(exist_ok=True)
    about = {"machine": platform.machine(), "torch": torch.__version__, "nodes": total}
    args.out.write_text(json.dumps({**about, "nets": results}, indent=1))


def compared(
    net: TreeNet,
    batch: dict[str, Tensor],
    *,
    found: list[Tree],
    words: tuple[str, ...],
    turns: int,
) -> dict[str, float]:
    """Median seconds of each way, and ratios to the levels; all must agree."""
    objective = NodeCrossEntropy()
    numbers = {word: k + 1 for k, word in enumerate(words)}
    truth = [torch.tensor([int(label) for label in tree.labels]) for tree in found]

    def levels() -> Tensor:
        return objective(net, batch).sum()

    def definition() -> Tensor:
        logits = torch.cat([logits_of_nodes(net, tree, words) for tree in found])
        return cross_entropy(logits, torch.cat(truth), reduction="sum")

    def modules() -> Tensor:
        vectors = []
        for tree in found:
            states: dict[int, Tensor] = {}
            state(net, tree, len(tree) - 1, numbers=numbers, states=states)
            vectors += [states[i][:, : net.units[1]] for i in range(len(tree))]
        return cross_entropy(net.outputs(torch.cat(vectors)), torch.cat(truth), reduction="sum")

    net.eval()
    ways = {"levels": levels, "modules": modules, "definition": definition}
    (one, first), *others = (gradients(net, loss) for loss in ways.values())
    for value, second in others:
        assert abs(one - value) < 1e-4 * value
        for a, b in zip(first, second, strict=True):
            assert torch.allclose(a, b, rtol=1e-3, atol=1e-3)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(turns):
        for name, loss in ways.items():
            begun = time.process_time()
            gradients(net, loss)
            seconds[name].append(time.process_time() - begun)
    results = {f"{name}_s": statistics.median(taken) for name, taken in seconds.items()}
    for name in ("definition", "modules"):
        pairs = zip(seconds[name], seconds["levels"], strict=True)
        results[f"{name}_ratio"] = statistics.median(slow / fast for slow, fast in pairs)
    return results


def state(
    net: TreeNet, tree: Tree, i: int, *, numbers: dict[str, int], states: dict[int, Tensor]
) -> Tensor:
    """The state of one node, ``(1, S)``, from those of its two parts."""
    word = tree.words[i]
    if word is not None:
        states[i] = net.read(torch.tensor([numbers.get(word, 0)]))
    else:
        parts = [
            state(net, tree, k, numbers=numbers, states=states) for k in (tree.left[i], i - 1)
        ]
        states[i] = net.compose(torch.cat(parts, 1))
    return states[i]


def gradients(net: TreeNet, loss: Callable[[], Tensor]) -> tuple[float, list[Tensor]]:
    """Value of a loss, and its gradients."""
    net.zero_grad()
    value = loss()
    value.backward()
    return float(value.detach()), [p.grad.clone() for p in net.parameters() if p.grad is not None]


def some_trees(count: int) -> list[Tree]:
    """Trees of the treebank, or random ones."""
    try:
        data = sst()
    except FileNotFoundError:
        source = torch.Generator().manual_seed(0)
        lengths = torch.randint(3, 41, (count,), generator=source).tolist()
        return [read_tree(drawn(source, n)) for n in lengths]
    some = data.train.take(torch.arange(count) * len(data.train) // count)
    labels = [[str(k) for k in row] for row in some.columns["nodes"][:].tolist()]
    kind = data.columns["x"]
    assert isinstance(kind, Trees)
    return trees_of(some.x[:], kind, labels=labels, sentences=some.names)


def drawn(source: torch.Generator, leaves: int) -> str:
    """A random tree in brackets."""
    label = int(torch.randint(CLASSES, (), generator=source))
    if leaves == 1:
        return f"({label} w{int(torch.randint(500, (), generator=source))})"
    left = int(torch.randint(1, leaves, (), generator=source))
    return f"({label} {drawn(source, left)} {drawn(source, leaves - left)})"


if __name__ == "__main__":
    main()
