"""What it gains to compute trees level by level instead of node by node.

    python benchmarks/trees.py                      # a table; benchmarks/out/trees.json
    python benchmarks/trees.py --trees 100 --turns 7

Both ways compute the loss of all nodes of a batch of trees and its gradient, with the same net of
25 numbers a node, the tree-LSTM with 100. The recursion calls itself for both parts of a node and
joins them by the net's own modules, one node at a time, as the definition says. Trees have the
lengths of the Stanford Sentiment Treebank where it is found ($HARMONIUM_DATA), else random ones of
3 to 40 words. Ratios are medians over turns of processor time with one thread.
"""

import argparse
import json
import platform
import statistics
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
    numbers = {word: k + 1 for k, word in enumerate(kind.words)}
    total = sum(map(len, found))
    print(f"{len(found)} trees of {total} nodes: loss of all nodes and its gradient, one thread\n")
    print(f"{'net':15} {'node by node':>13} {'level by level':>15} {'ratio':>7}")
    results = {}
    for name, (make, hidden) in NETS.items():
        with seeded(0):
            net = make(len(kind.words), hidden, classes=CLASSES, longest=64)
        batch = {"x": x, "nodes": nodes}
        results[name] = compared(net, batch, found=found, numbers=numbers, turns=args.turns)
        slow, fast, ratio = (results[name][k] for k in ("recursion_s", "levels_s", "ratio"))
        print(f"{name:15} {1e3 * slow:10.1f} ms {1e3 * fast:12.1f} ms {ratio:7.1f}")
    args.out.parent.mkdir(exist_ok=True)
    about = {"machine": platform.machine(), "torch": torch.__version__, "nodes": total}
    args.out.write_text(json.dumps({**about, "nets": results}, indent=1))


def compared(
    net: TreeNet,
    batch: dict[str, Tensor],
    *,
    found: list[Tree],
    numbers: dict[str, int],
    turns: int,
) -> dict[str, float]:
    """Median seconds of both ways, and their ratio; they must agree."""
    objective = NodeCrossEntropy()

    def levels() -> Tensor:
        return objective(net, batch).sum()

    def recursion() -> Tensor:
        losses = []
        for tree in found:
            states: dict[int, Tensor] = {}
            state(net, tree, len(tree) - 1, numbers=numbers, states=states)
            vectors = torch.cat([states[i] for i in range(len(tree))])[:, : net.units[1]]
            labels = torch.tensor([int(label) for label in tree.labels])
            losses.append(cross_entropy(net.outputs(vectors), labels, reduction="sum"))
        return torch.stack(losses).sum()

    net.eval()
    (one, first), (other, second) = (gradients(net, loss) for loss in (levels, recursion))
    assert abs(one - other) < 1e-4 * other
    assert all(
        torch.allclose(a, b, rtol=1e-3, atol=1e-3) for a, b in zip(first, second, strict=True)
    )
    seconds: dict[str, list[float]] = {"levels": [], "recursion": []}
    for _ in range(turns):
        for name, loss in (("levels", levels), ("recursion", recursion)):
            begun = time.process_time()
            gradients(net, loss)
            seconds[name].append(time.process_time() - begun)
    pairs = zip(seconds["recursion"], seconds["levels"], strict=True)
    return {
        "recursion_s": statistics.median(seconds["recursion"]),
        "levels_s": statistics.median(seconds["levels"]),
        "ratio": statistics.median(slow / fast for slow, fast in pairs),
    }


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
