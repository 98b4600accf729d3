"""``harmonium doctor``: shows this computer's devices and packages and tests training on them."""

import importlib.metadata
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

import typer

from harmonium import __version__
from harmonium.cli.output import AsJson, emit, say, table
from harmonium.extras import EXTRAS, installed, pip_line

__all__ = ["doctor", "examine"]


def doctor(*, as_json: AsJson = False) -> None:
    """Show versions, devices, packages and data sets, and test training on every device."""
    results = examine()
    if as_json:
        emit(results)
    else:
        _tell(results)
    if not results["ok"]:
        raise typer.Exit(1)


def examine() -> dict[str, Any]:
    """Collects the results; ``ok`` is False if a part that is installed does not work."""
    devices = _devices()
    folders = [_folder("runs are written under", Path.cwd()), _folder("temporary files", _temp())]
    return {
        "ok": all(d["works"] for d in devices) and all(f["writable"] for f in folders),
        "versions": _versions(),
        "threads": _threads(),
        "devices": devices,
        "extras": _extras(),
        "data": _data(),
        "folders": folders,
    }


def _versions() -> dict[str, str | None]:
    versions: dict[str, str | None] = {
        "harmonium": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    for package in ("torch", "numpy", "safetensors"):
        versions[package] = _version(package)
    return versions


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _threads() -> dict[str, int | None]:
    import torch

    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"torch": torch.get_num_threads(), "processors": usable}


def _extras() -> list[dict[str, Any]]:
    return [
        {
            "extra": extra,
            "package": package,
            "version": _version(package) if installed(module) else None,
            "remedy": None if installed(module) else pip_line(extra),
        }
        for extra, packages in EXTRAS.items()
        for package, module in packages.items()
    ]


def _devices() -> list[dict[str, Any]]:
    import torch

    names = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        names.append("mps")
    return [_tried(name) for name in names]


def _tried(device: str) -> dict[str, Any]:
    """Whether a small machine learns on a device; seconds include the start of the device."""
    import torch

    device_facts: dict[str, Any] = {
        "device": device,
        "name": platform.processor() or platform.machine(),
    }
    if device.startswith("cuda"):
        device_facts["name"] = torch.cuda.get_device_name(device)
    began = time.perf_counter()
    try:
        gain = _learn(device)
    except Exception as error:  # any driver error is a result of the test
        return {
            **device_facts,
            "works": False,
            "seconds": None,
            "problem": f"{error}".splitlines()[0],
        }
    seconds = time.perf_counter() - began
    problem = None if gain > 0 else f"log-likelihood fell by {-gain:.2f} nats in training"
    return {**device_facts, "works": gain > 0, "seconds": round(seconds, 2), "problem": problem}


def _learn(device: str) -> float:
    """Rise of the exact log-likelihood in nats per row, in 100 updates of a small RBM."""
    import torch

    from harmonium.learning import Learner
    from harmonium.machines import rbm
    from harmonium.random import generator, seeded
    from harmonium.sampling import exact

    x = torch.eye(4, dtype=torch.float32).repeat(5, 2).to(device)
    with seeded(0):
        graph = rbm(8, 4).to(device)
    before = float(exact.log_prob(graph, {"v": x}).mean())
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.2)
    learner = Learner(graph, optimiser, source=generator(0, device))
    for _ in range(100):
        learner.step({"v": x})
    return float(exact.log_prob(graph, {"v": x}).mean()) - before


def _data() -> list[dict[str, Any]]:
    from harmonium import catalogue

    return [
        {"set": name, "found": (place := catalogue.locate(name)) is not None, "place": place}
        for name in catalogue.known_sets()
    ]


def _temp() -> Path:
    return Path(tempfile.gettempdir())


def _folder(use: str, path: Path) -> dict[str, Any]:
    try:
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        return {"use": use, "path": path, "writable": False, "problem": error.strerror}
    return {"use": use, "path": path, "writable": True, "problem": None}


def _tell(results: dict[str, Any]) -> None:
    for name, version in results["versions"].items():
        say(f"{name} {version or 'is missing'}")
    threads = results["threads"]
    say(f"torch uses {threads['torch']} threads; this process may use {threads['processors']}")
    say(
        "\n" + table(["device", "name", "trains", "seconds"], map(_device_row, results["devices"]))
    )
    head, rows = ["extra", "package", "version"], results["extras"]
    say(
        "\n" + table(head, ([r["extra"], r["package"], r["version"] or r["remedy"]] for r in rows))
    )
    head, rows = ["data set", "found"], results["data"]
    say("\n" + table(head, ([r["set"], r["place"] if r["found"] else "no"] for r in rows)))
    for row in results["folders"]:
        say(f"\n{row['path']} ({row['use']}): {row['problem'] or 'writable'}")
    say("\nEverything works." if results["ok"] else "\nSomething does not work: see above.")


def _device_row(row: dict[str, Any]) -> list[object]:
    return [row["device"], row["name"], row["problem"] or "yes", row["seconds"]]
