"""Time and accuracy of ``MLPClassifier`` beside scikit-learn's, with equal settings.

    python benchmarks/mlp.py                    # a table; benchmarks/out/mlp.json
    python benchmarks/mlp.py --threads 2 --turns 5 --only digits

Both fit the same rows, in float32, with Adam, the same layers, batches of 200 and the same number
of passes, in turns, in one process. "time" is the median over turns of the ratio of neighbours:
processor time with one thread, wall time with several. MNIST is read from $HARMONIUM_DATA.
"""

import argparse
import json
import statistics
import time
import warnings
from pathlib import Path
from typing import Any

import torch
from sklearn import neural_network

from harmonium import MLPClassifier
from harmonium.data import digits
from harmonium.data.known import mnist_set

HERE = Path(__file__).parent
SETTINGS: dict[str, tuple[str, int, int]] = {
    "digits": ("64-100-10, 50 passes", 100, 50),
    "mnist": ("784-100-10, 3 passes", 100, 3),
}
"""Data -> description, hidden units, passes."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--turns", type=int, default=5)
    options.add_argument("--only", choices=[*SETTINGS])
    options.add_argument("--out", type=Path, default=HERE / "out" / "mlp.json")
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    warnings.simplefilter("ignore")  # scikit-learn's has not converged
    rows = {}
    for name in [args.only] if args.only else [*SETTINGS]:
        rows[name] = compared(name, turns=args.turns, wall=args.threads > 1)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps({"threads": args.threads, "rows": rows}, indent=1))
    print("| setting | ours | scikit-learn | time | accuracy | scikit-learn |")
    print("|---|---|---|---|---|---|")
    for name, row in rows.items():
        print(
            f"| {name}, {SETTINGS[name][0]} | {row['ours_s']:.2f} s | {row['theirs_s']:.2f} s | "
            f"{row['ratio']:.2f} | {row['ours']:.2%} | {row['theirs']:.2%} |"
        )


def compared(name: str, *, turns: int, wall: bool) -> dict[str, float]:
    """Medians of times, of their ratios, and mean accuracies over turns, each with its seed."""
    _, hidden, passes = SETTINGS[name]
    train, test = rows_of(name)
    clock = time.perf_counter if wall else time.process_time
    kinds = {"ours": MLPClassifier, "theirs": neural_network.MLPClassifier}
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    right: dict[str, list[float]] = {kind: [] for kind in kinds}
    for turn in range(turns):
        for kind, made in kinds.items():
            model: Any = made(
                (hidden,), batch_size=200, max_iter=passes, tol=0.0, random_state=turn
            )
            began = clock()
            model.fit(*train)
            taken[kind].append(clock() - began)
            right[kind].append(model.score(*test))
    ratios = [a / b for a, b in zip(taken["ours"], taken["theirs"], strict=True)]
    return {
        "ours_s": statistics.median(taken["ours"]),
        "theirs_s": statistics.median(taken["theirs"]),
        "ratio": statistics.median(ratios),
        **{kind: statistics.mean(values) for kind, values in right.items()},
    }


def rows_of(name: str) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Training and test rows of a data set, as NumPy arrays."""
    if name == "digits":
        data = digits()
        assert data.train_labels is not None
        assert data.test_labels is not None
        return (
            (data.train.numpy(), data.train_labels.numpy()),
            (data.test.numpy(), data.test_labels.numpy()),
        )
    data = mnist_set()
    parts = [(split.x.numpy(), split.y.numpy()) for split in (data.train, data.test)]
    return parts[0], parts[1]


if __name__ == "__main__":
    main()
