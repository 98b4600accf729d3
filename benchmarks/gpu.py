"""An update of an RBM on a GPU, against the card's own matrix products.

    python benchmarks/gpu.py                                   # a table; benchmarks/out/gpu.json
    python benchmarks/gpu.py --device cpu --sizes 64x64x20     # dry: every path but the graph

PCD-1, centred, with as many chains as rows. ``Static`` is the fused update in buffers that never
move, with the rate in one of them, so that a CUDA graph can replay several updates at once; the
script first checks it against ``Learner`` on the same draws, in double precision. Beside it: the
fused update as it is, rbms where it is installed, the floor of matrix products alone (five, or
three with data and model rows stacked, whichever is faster) and the rate of one square product.
In bf16 the products are, and rows and a copy of the weights are kept so; master weights, draws and
logistic functions are single precision.
"""

import argparse
import importlib.util
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from harmonium import rbm
from harmonium.learning import PCD, Learner
from harmonium.random import generator

HERE = Path(__file__).parent
SIZES = ["784x500x100", "4096x4096x4096"]  # visible, hidden, batch
RATE, FOLLOW = 0.01, 0.01
KINDS = ["float32", "tf32", "bf16"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    options.add_argument("--sizes", nargs="*", default=SIZES, help="visible x hidden x batch")
    options.add_argument("--kinds", nargs="*", choices=KINDS, default=KINDS)
    options.add_argument("--updates", type=int, default=10, help="in one graph")
    options.add_argument("--seconds", type=float, default=2.0, help="per figure")
    options.add_argument("--out", type=Path, default=HERE / "out" / "gpu.json")
    args = options.parse_args()
    if args.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit(
            "torch finds no CUDA device here: run this where there is one, or try its code with "
            "--device cpu --sizes 64x64x20"
        )
    off = check(torch.device(args.device))
    rows = []
    for size in args.sizes:
        for kind in args.kinds:
            rows += measured(tuple(map(int, size.split("x"))), kind, args)
    name = torch.cuda.get_device_name() if args.device == "cuda" else "cpu, dry"
    found = {"device": name, "torch": torch.__version__, "check": off, "rows": rows}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(found, indent=1))
    print(table(found))


# --- the update ----------------------------------------------------------------------------------


class Static:
    """PCD-1 of a centred Bernoulli RBM, in memory that never moves.

    The rate multiplies the rows' weights, so that weights and biases move by one product each and
    no rate is ever a Python number.
    """

    def __init__(self, sizes: tuple[int, int, int], *, like: Tensor, low: torch.dtype) -> None:
        """``like`` has the device and type of the parameters; products are of type ``low``."""
        visible, hidden, n = sizes
        new = like.new_empty
        self.w, self.b, self.c = new(hidden, visible), new(visible), new(hidden)
        torch.nn.init.normal_(self.w, std=0.01)
        self.b.zero_(), self.c.zero_()
        self.mu, self.nu = new(visible).fill_(0.2), new(hidden).fill_(0.5)
        self.h = (torch.rand_like(new(n, hidden)) < 0.5).to(low)  # the chains
        self.x, self.y = new(2 * n, visible, dtype=low), new(2 * n, hidden)
        self.by_x, self.by_y = new(n, visible), new(n, hidden)  # draws
        self.rate = torch.full_like(like, RATE)
        self.signs = torch.cat([new(n).fill_(1 / n), new(n).fill_(-1 / n)])
        self.low, self.n, self.same = low, n, low is like.dtype
        self.narrow = [p if self.same else p.to(low) for p in (self.w, self.b, self.c)]

    def update(self, rows: Tensor, source: torch.Generator) -> None:
        """One update from ``(n, visible)``."""
        n, x, y = self.n, self.x, self.y
        w, b, c = self.narrow
        x[:n].copy_(rows)
        self.by_x.uniform_(generator=source)
        self.by_y.uniform_(generator=source)
        torch.lt(self.by_x, self._logistic(torch.addmm(b, self.h, w)), out=x[n:])
        y.copy_(torch.addmm(c, x, w.mT)).sigmoid_()
        torch.lt(self.by_y, y[n:], out=self.h)
        self.mu.lerp_(x[:n].to(self.mu).mean(0), FOLLOW)
        self.nu.lerp_(y[:n].mean(0), FOLLOW)
        x = x.sub_(self.mu) if self.same else (x - self.mu).to(self.low)
        signs = self.signs * self.rate
        y.sub_(self.nu).mul_(signs[:, None])
        wide = x if self.same else x.to(y)
        self.b.addmv_(wide.mT, signs - y @ self.nu)
        self.c.add_(y.sum(0)).addmv_(y.mT, wide @ self.mu, alpha=-1)
        if self.same:
            self.w.addmm_(y.mT, x)
        else:
            self.w.add_(y.to(self.low).mT @ x)
            for mine, master in zip(self.narrow, (self.w, self.b, self.c), strict=True):
                mine.copy_(master)

    def _logistic(self, field: Tensor) -> Tensor:
        return field.sigmoid_() if self.same else field.to(self.w).sigmoid_()


def check(device: torch.device, *, updates: int = 20) -> float:
    """The largest difference from what ``Learner`` makes of the same rows and draws.

    Raises:
        SystemExit: it is more than rounding.
    """
    sizes = (23, 17, 9)
    like = torch.zeros((), dtype=torch.float64, device=device)
    mine = Static(sizes, like=like, low=torch.float64)
    graph = rbm(*sizes[:2]).to(like)
    w, b, c = graph.edges[0].connection.weight, graph.units["v"].bias, graph.units["h"].bias
    with torch.no_grad():
        w.copy_(mine.w), b.zero_(), c.zero_()
    learner = Learner(
        graph,
        torch.optim.SGD(graph.parameters(), lr=RATE),
        contrast=PCD(chains=sizes[2]),
        source=generator(1, device),
    )
    first = (torch.rand(sizes[2], sizes[0], device=device) < 0.2).to(like)
    learner.chains = {"v": first, "h": mine.h.clone()}
    learner.offsets = {"v": mine.mu.clone(), "h": mine.nu.clone()}
    source = generator(1, device)
    for k in range(updates):
        rows = (torch.rand(sizes[2], sizes[0], device=device) < 0.1 + 0.03 * k).to(like)
        learner.step({"v": rows})
        mine.update(rows, source)
    pairs = (mine.w, w), (mine.b, b), (mine.c, c), (mine.h, learner.chains["h"])
    off = max(float((x - y.detach()).abs().max()) for x, y in pairs)
    if not off < 1e-12:
        raise SystemExit(f"the graph's update differs from Learner's by {off:.1e} after {updates}")
    return off


# --- what is timed -------------------------------------------------------------------------------


def measured(sizes: tuple[int, int, int], kind: str, args: argparse.Namespace) -> list[dict]:
    """Microseconds of each update, and what they are of the card's own rate."""
    device, seconds = torch.device(args.device), args.seconds
    torch.set_float32_matmul_precision("high" if kind == "tf32" else "highest")
    low = torch.bfloat16 if kind == "bf16" else torch.float32
    like = torch.zeros((), device=device)
    rows = (torch.rand(args.updates, sizes[2], sizes[0], device=device) < 0.2).to(low)
    calls: dict[str, tuple[Callable[[], object], int]] = {
        "ours, graph" if device.type == "cuda" else "ours, static": (
            several(Static(sizes, like=like, low=low), rows),
            args.updates,
        ),
        "floor, five": (products(sizes, like.to(low), stacked=False), 1),
        "floor, stacked": (products(sizes, like.to(low), stacked=True), 1),
    }
    if kind != "bf16":
        calls["ours, fused"] = as_it_is(sizes, rows[0]), 1
        if importlib.util.find_spec("rbms") is not None:
            calls["rbms"] = others(sizes, rows[0]), 1
    side = max(sizes)
    square = torch.rand(side, side, device=device).to(low)
    product = timed(lambda: square @ square, device, seconds=seconds)
    rate = 2 * side**3 / product  # operations per microsecond
    needed = 10 * sizes[0] * sizes[1] * sizes[2]
    found = []
    for name, (call, updates) in calls.items():
        took = timed(call, device, seconds=seconds) / updates
        share = needed / took / rate
        title = "{} x {}, batch {}".format(*sizes)
        row = {"update": title, "kind": kind, "who": name, "us": took, "of_card": share}
        found.append(row)
    return found


@torch.no_grad()
def several(update: Static, rows: Tensor) -> Callable[[], object]:
    """As many updates as there are batches: one CUDA graph, or one after the other."""
    source = generator(0, rows.device)

    def run() -> None:
        for batch in rows:
            update.update(batch, source)

    if rows.device.type != "cuda":
        return run
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # what is made at the first call, by now
        run()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    graph.register_generator_state(source)
    with torch.cuda.graph(graph):
        run()
    return graph.replay


def as_it_is(sizes: tuple[int, int, int], x: Tensor) -> Callable[[], object]:
    """``Learner``, call by call."""
    graph = rbm(*sizes[:2]).to(x.device)
    learner = Learner(
        graph,
        torch.optim.SGD(graph.parameters(), lr=RATE),
        contrast=PCD(chains=sizes[2]),
        source=generator(0, x.device),
    )
    return lambda: learner.step({"v": x})


def others(sizes: tuple[int, int, int], x: Tensor) -> Callable[[], object]:
    """rbms: its own update of the same size."""
    from types import SimpleNamespace

    from rbms.bernoulli_bernoulli.classes import BBRBM
    from rbms.training.pcd import fit_batch_pcd

    model = BBRBM.init_parameters(sizes[1], SimpleNamespace(data=x), x.device, x.dtype)
    model.init_grad()
    optimiser = torch.optim.SGD(model.parameters(), lr=RATE, maximize=True)
    weights, chains = torch.ones(len(x), 1, device=x.device), model.init_chains(len(x))

    @torch.no_grad()
    def update() -> None:
        nonlocal chains
        optimiser.zero_grad(set_to_none=False)
        chains, _ = fit_batch_pcd((x, weights), chains, model, 1, beta=1.0)
        optimiser.step()

    return update


def products(sizes: tuple[int, int, int], like: Tensor, *, stacked: bool) -> Callable[[], object]:
    """The matrix products of an update and nothing else."""
    visible, hidden, n = sizes
    w = torch.rand(hidden, visible, device=like.device).to(like)
    v, h = (torch.rand(2 * n, size, device=like.device).to(like) for size in (visible, hidden))

    def five() -> None:
        _ = v[:n] @ w.mT, h[:n] @ w, v[n:] @ w.mT, h[:n].mT @ v[:n], h[n:].mT @ v[n:]

    def three() -> None:
        _ = h[:n] @ w, v @ w.mT, h.mT @ v

    return three if stacked else five


@torch.no_grad()
def timed(call: Callable[[], object], device: torch.device, *, seconds: float) -> float:
    """Microseconds per call: the median over turns of at least a hundredth of the time."""
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    for _ in range(3):
        call()
    wait()
    repeats, turns = 1, []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(turns) < 3:
        began = time.perf_counter()
        for _ in range(repeats):
            call()
        wait()
        took = time.perf_counter() - began
        if took < seconds / 100:
            repeats *= 2
        else:
            turns.append(1e6 * took / repeats)
    return statistics.median(turns)


def table(found: dict) -> str:
    """Markdown: times, over the floor, and as a share of the card's own rate."""
    lines = [
        f"{found['device']}, torch {found['torch']}",
        "",
        "| update | arithmetic | who | us | / floor | of the card's rate |",
        "|---|---|---|---|---|---|",
    ]
    for row in found["rows"]:
        mine = [r for r in found["rows"] if all(r[k] == row[k] for k in ("update", "kind"))]
        floor = min(r["us"] for r in mine if r["who"].startswith("floor"))
        lines.append(
            f"| {row['update']} | {row['kind']} | {row['who']} | {row['us']:.1f} "
            f"| {row['us'] / floor:.2f} | {100 * row['of_card']:.0f} % |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
