"""Exact search among binary codes: times, memory and opening, beside brute force and faiss.

    python benchmarks/hashing.py                         # a million codes of 128 bits: 2 minutes
    python benchmarks/hashing.py --codes 100000 --bits 64 --radii 2 4

Codes are uniform, or clustered: 2000 random centres, of which each code has 8 % of the bits
flipped. Queries are codes with 2 % of the bits flipped; all are asked in one call. Every answer
is compared with brute force, which counts different bits in blocks that stay in the cache, by
NumPy. Times are the process's own CPU time on one thread, in milliseconds a query, the least of
some repeats; brute force and index take turns. Memory is that of codes and tables together.
Rivals are those that are installed: faiss-cpu, IndexBinaryFlat and IndexBinaryMultiHash.
"""

import argparse
import importlib.util
import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from harmonium.hashing import HammingIndex, packed
from harmonium.hashing.codes import to_words
from harmonium.hashing.scan import within as brute_force

HERE = Path(__file__).parent
CENTRES, FLIPPED, ASKED = 2000, 0.08, 0.02


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--codes", type=int, default=1_000_000)
    options.add_argument("--bits", type=int, default=128)
    options.add_argument("--radii", type=int, nargs="*", default=[3, 6, 10])
    options.add_argument("--queries", type=int, default=100)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--out", type=Path, default=HERE / "out" / "hashing.json")
    args = options.parse_args()
    results = []
    for kind in ("uniform", "clustered"):
        source = np.random.default_rng(0)
        codes = made(source, args.codes, bits=args.bits, clustered=kind == "clustered")
        chosen = codes[source.integers(0, args.codes, args.queries)]
        queries = flipped(source, chosen, bits=args.bits, share=ASKED)
        results += measured(kind, codes, queries=queries, args=args)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1))


def measured(
    kind: str, codes: np.ndarray, *, queries: np.ndarray, args: argparse.Namespace
) -> list[dict[str, object]]:
    index, results = HammingIndex(args.bits), []
    built = cpu(lambda: index.add(codes))
    with tempfile.TemporaryDirectory(prefix="harmonium-") as folder:
        index.save(Path(folder) / "index")
        opened = min(cpu(lambda: HammingIndex.open(Path(folder) / "index")) for _ in range(3))
        index = HammingIndex.open(Path(folder) / "index")
        times = index.nbytes / codes.nbytes
        print(f"{kind}: built in {built:.2f} s, opened in {opened * 1e3:.1f} ms, {times:.2f} x")
        words, asked = to_words(codes), to_words(queries)
        flat = flat_rival(codes, args.bits)
        for radius in args.radii:
            wanted = brute_force(words, asked, radius=radius)
            found = index.within(queries, radius)
            same = set(zip(*map(np.ndarray.tolist, wanted), strict=True)) == set(
                zip(*map(np.ndarray.tolist, found), strict=True)
            )
            if not same:
                raise SystemExit(f"{kind}, radius {radius}: the index differs from brute force")
            calls: dict[str, Callable[[], object]] = {
                "brute force": lambda r=radius: brute_force(words, asked, radius=r),
                "index": lambda r=radius: index.within(queries, r),
                "alone": lambda r=radius: [index.within(q[None], r) for q in queries[:20]],
            }
            if flat is not None:
                calls["faiss flat"] = lambda r=radius: flat(queries, r)
            best = in_turn(calls, repeats=args.repeats)
            each = {name: 1e3 * best[name] / len(queries) for name in best if name != "alone"}
            each["index, query alone"] = 1e3 * best["alone"] / 20
            row = {"kind": kind, "radius": radius, "pairs": len(found.row), "ms": each}
            row |= {"built_s": built, "opened_s": opened, "memory": times}
            results.append(row)
            print(
                f"  radius {radius}: {each['index']:.4f} ms a query, brute force "
                f"{each['brute force']:.3f}, {each['brute force'] / each['index']:.0f} x; "
                f"alone {each['index, query alone']:.3f}; "
                + (f"faiss flat {each['faiss flat']:.3f}; " if flat else "")
                + f"{len(found.row)} pairs",
                flush=True,
            )
    results += hash_rivals(kind, codes, queries=queries, args=args)
    return results


# --- codes ----------------------------------------------------------------------------------


def made(source: np.random.Generator, n: int, *, bits: int, clustered: bool) -> np.ndarray:
    if not clustered:
        return np.concatenate(
            [packed(source.integers(0, 2, (len(some), bits))) for some in parts(n)]
        )
    centres = packed(source.integers(0, 2, (CENTRES, bits)))
    codes = centres[source.integers(0, CENTRES, n)]
    return flipped(source, codes, bits=bits, share=FLIPPED)


def flipped(
    source: np.random.Generator, codes: np.ndarray, *, bits: int, share: float
) -> np.ndarray:
    changed = [codes[some] ^ packed(source.random((len(some), bits)) < share)
               for some in parts(len(codes))]  # fmt: skip
    return np.concatenate(changed)


def parts(n: int) -> list[np.ndarray]:
    return np.array_split(np.arange(n), max(1, n // 50_000))


# --- rivals ---------------------------------------------------------------------------------


def flat_rival(codes: np.ndarray, bits: int) -> Callable[[np.ndarray, int], object] | None:
    if importlib.util.find_spec("faiss") is None or bits % 8:
        return None
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(bits)
    index.add(codes)
    return lambda queries, radius: index.range_search(queries, radius + 1)


def hash_rivals(
    kind: str, codes: np.ndarray, *, queries: np.ndarray, args: argparse.Namespace
) -> list[dict[str, object]]:
    if importlib.util.find_spec("faiss") is None or args.bits % 8:
        print("  faiss is not installed: python -m pip install faiss-cpu")
        return []
    import faiss

    results = []
    for tables, width in ((4, 32), (8, 16)):
        if tables * width > args.bits:
            continue
        with get_context("spawn").Pool(1) as fresh:
            memory = fresh.apply(hash_memory, (codes, tables, width)) / codes.nbytes
        index = faiss.IndexBinaryMultiHash(args.bits, tables, width)
        index.add(codes)
        with tempfile.TemporaryDirectory(prefix="harmonium-") as folder:
            place = str(Path(folder) / "index")
            faiss.write_index_binary(index, place)
            opened = cpu(lambda place=place: faiss.read_index_binary(place))
        print(f"  faiss multi-hash {tables} x {width}: {memory:.1f} x, opened in {opened:.2f} s")
        for radius in args.radii:
            index.nflip = min(radius // tables, 3)
            search = partial(index.range_search, queries, radius + 1)
            each = 1e3 * min(cpu(search) for _ in range(3)) / len(queries)
            results.append(
                {"kind": kind, "rival": f"faiss {tables} x {width}", "radius": radius,
                 "ms": each, "memory": memory, "opened_s": opened}
            )  # fmt: skip
            print(f"    radius {radius}: {each:.4f} ms a query", flush=True)
    return results


def hash_memory(codes: np.ndarray, tables: int, width: int) -> float:
    """Bytes that an index adds to a process that has freed nothing before."""
    import faiss

    before = resident()
    index = faiss.IndexBinaryMultiHash(8 * codes.shape[1], tables, width)
    index.add(codes)
    return resident() - before


# --- measuring ------------------------------------------------------------------------------


def in_turn(calls: dict[str, Callable[[], object]], *, repeats: int) -> dict[str, float]:
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(repeats):
        for name, call in calls.items():
            best[name] = min(best[name], cpu(call))
    return best


def cpu(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def resident() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmRSS"))
    return 1024.0 * int(line.split()[1])


if __name__ == "__main__":
    main()
