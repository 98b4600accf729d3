"""What can be wrong at the command line: one clear message each, and the right exit code."""

import gzip
import io
import json
import pickle
import shutil
import struct
import sys
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from harmonium.runs import Run
from harmonium.training import train
from tests.apply.learned import bits, classifier

X = np.random.default_rng(0).random((20, 64), dtype=np.float32)


@pytest.fixture
def place(tmp_path):
    """A working directory with two finished runs, and rows that fit them."""
    for name, run in (("net", classifier()), ("bits", bits())):
        shutil.copytree(run.path, tmp_path / "runs" / name / f"20260101-000000-{name}")
    np.save(tmp_path / "good.npy", X)
    return tmp_path


# --- files of rows ---------------------------------------------------------------------------


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def npz(**arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def changed(row, column, value):
    x = X.copy()
    x[row, column] = value
    return npy(x)


def csv(*lines):
    return ("\n".join(lines) + "\n").encode()


HEAD = ",".join(f"f{k}" for k in range(64))
LINE = ",".join(["0.5"] * 64)

ROWS = {
    "missing": ("x.npy", None, "x.npy: no such file"),
    "an empty array file": ("x.npy", b"", "x.npy: is empty"),
    "a truncated array": ("x.npy", npy(X)[:-100], "the file is damaged"),
    "no array at all": ("x.npy", b"rows of numbers", "an array in NumPy's format is needed"),
    "a pickle": ("x.npy", pickle.dumps([1, 2]), "pickles run code and are never read"),
    "an array of objects": ("x.npy", npy(np.array([{}, []], dtype=object)), "objects (pickled)"),
    "complex numbers": ("x.npy", npy(X.astype(complex)), "type complex128"),
    "no rows": ("x.npy", npy(X[:0]), "rows are empty"),
    "NaN": ("x.npy", changed(7, 3, np.nan), "row 7, value 3 (from 0) is nan"),
    "infinity": ("x.npy", changed(7, 3, -np.inf), "row 7, value 3 (from 0) is -inf"),
    "out of range": ("x.npy", npy(255 * X), "[0, 1]"),
    "another width": ("x.npy", npy(X[:, :50]), "rows of shape (50,), 50 values each, but"),
    "images of another size": ("x.npy", npy(np.zeros((3, 28, 28))), "shape (28, 28), 784 values"),
    "one number a row": ("x.npy", npy(X[:, 0]), "rows of shape (1,), 1 values each, but"),
    "huge numbers": ("x.npy", npy(np.full((2, 64), 1e300)), "is inf"),
    "a truncated archive": ("x.npz", npz(x=X)[:-100], "not a whole .npz archive"),
    "an archive without rows": ("x.npz", npz(pixels=X), "no array 'x'"),
    "an archive of several splits": ("x.npz", npz(x_train=X, x_test=X), "holds several splits"),
    "labels of another number": ("x.npz", npz(x=X, y=np.zeros(3)), "y has shape (3,)"),
    "labels that are fractions": ("x.npz", npz(x=X, y=X[:, 0]), "names or whole numbers"),
    "an empty table": ("x.csv", b"", "x.csv"),
    "a table of names alone": ("x.csv", csv(HEAD), "x.csv"),
    "lines of unequal length": ("x.csv", csv(HEAD, LINE, "0.5,0.5"), "line 3"),
    "a cell that is no number": ("x.csv", csv(HEAD, LINE, LINE[:-3] + "red"), "red"),
    "a table of bytes": ("x.csv", bytes(range(128, 256)) * 9, "x.csv"),
    "a truncated packed table": ("x.csv.gz", gzip.compress(csv(HEAD, LINE))[:-9], "x.csv.gz"),
    "a truncated Parquet file": ("x.parquet", b"PAR1" + bytes(100), "x.parquet"),
    "a truncated HDF5 file": ("x.h5", b"\x89HDF\r\n\x1a\n" + bytes(50), "not a whole HDF5 file"),
    "an unknown format": ("x.docx", b"PK", ".docx is not a format to read"),
}


@pytest.mark.parametrize(("name", "content", "message"), ROWS.values(), ids=ROWS)
def test_rows_that_cannot_be_used(refused, place, name, content, message):
    if content is not None:
        (place / name).write_bytes(content)
    found = refused("predict", "net", "-i", name, "-o", "out.csv")
    assert message in found
    assert not (place / "out.csv").exists()


def test_an_archive_that_explodes(refused, place, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.001")
    (place / "bomb.npz").write_bytes(npz(x=np.zeros((5000, 64), dtype=np.float32)))
    assert "would expand to 0.00 GiB; the limit" in refused(
        "encode", "net", "-i", "bomb.npz", "-o", "out.npy"
    )


def test_an_archive_that_claims_to_be_endless(refused, place):
    with zipfile.ZipFile(place / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", npy(X))
    raw = bytearray((place / "bomb.npz").read_bytes())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 2**32 - 2)  # the unpacked size in the directory
    (place / "bomb.npz").write_bytes(raw)
    assert "bomb.npz, x: " in refused("encode", "net", "-i", "bomb.npz", "-o", "out.npy")


def test_a_packed_table_that_explodes(refused, place, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.0001")
    (place / "bomb.csv.gz").write_bytes(gzip.compress(csv(HEAD, *[LINE] * 3000)))
    assert "bomb.csv.gz" in refused("encode", "net", "-i", "bomb.csv.gz", "-o", "out.npy")


PICTURES = {
    "no pictures": ({}, "pictures"),
    "a broken picture": ({"a.png": b"\x89PNG\r\n\x1a\n" + bytes(30)}, "a.png"),
    "a picture of another size": ({"a.png": (28, 28)}, "shape (28, 28), 784 values each"),
    "pictures of several sizes": ({"a.png": (8, 8), "b.png": (9, 9)}, "b.png"),
}


@pytest.mark.parametrize(("files", "message"), PICTURES.values(), ids=PICTURES)
def test_folders_that_cannot_be_used(refused, place, files, message):
    (place / "pictures").mkdir()
    for name, content in files.items():
        path = place / "pictures" / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            Image.new("L", content).save(path)
    assert message in refused("encode", "net", "-i", "pictures", "-o", "out.npy")
    assert not (place / "out.npy").exists()


def test_labels_that_the_run_does_not_know(refused, place):
    (place / "x.npz").write_bytes(npz(x=X, y=np.array(["cat"] * 20)))
    assert "labels cat are none of the run's classes" in refused("evaluate", "net", "-i", "x.npz")


def test_a_split_that_is_not_there(refused, place):
    assert "digits has no holdout rows; there are train, validation, test" in refused(
        "evaluate", "net", "--split", "holdout"
    )


# --- known sets ------------------------------------------------------------------------------


def idx(shape, value=0):
    return gzip.compress(
        bytes([0, 0, 8, len(shape)])
        + b"".join(struct.pack(">I", n) for n in shape)
        + bytes([value]) * int(np.prod(shape))
    )


SETS = {
    "it is not here": ({}, "MNIST is not on this computer. Bring"),
    "another sum": (
        {
            "train-images-idx3-ubyte.gz": idx((3, 28, 28)),
            "train-labels-idx1-ubyte.gz": idx((3,)),
            "t10k-images-idx3-ubyte.gz": idx((3, 28, 28)),
            "t10k-labels-idx1-ubyte.gz": idx((3,)),
        },
        "MD5 of the uncompressed contents is",
    ),
    "truncated": (
        {
            "train-images-idx3-ubyte.gz": idx((3, 28, 28))[:-10],
            "train-labels-idx1-ubyte.gz": idx((3,)),
            "t10k-images-idx3-ubyte.gz": idx((3, 28, 28)),
            "t10k-labels-idx1-ubyte.gz": idx((3,)),
        },
        "train-images-idx3-ubyte.gz",
    ),
}


@pytest.mark.parametrize(("files", "message"), SETS.values(), ids=SETS)
def test_known_sets_that_cannot_be_read(refused, place, monkeypatch, files, message):
    monkeypatch.setenv("HARMONIUM_DATA", str(place / "sets"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))
    monkeypatch.setattr("harmonium.catalogue.find._SYSTEM", place / "system")
    (place / "sets" / "mnist").mkdir(parents=True)
    for name, content in files.items():
        (place / "sets" / "mnist" / name).write_bytes(content)
    assert message in refused("data", "preview", "mnist")
    assert message in refused("train", "mnist_rbm")
    assert not (place / "runs" / "mnist_rbm").exists()


# --- runs ------------------------------------------------------------------------------------


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def pickled(path):
    torch.save({"weight": torch.zeros(2)}, path)


def newer(path):
    status = json.loads(path.read_text())
    path.write_text(json.dumps(status | {"format": 99}))


RUNS = {
    "a pickle for a machine": ("models/0-machine.safetensors", pickled, "0-machine.safetensors"),
    "a truncated machine": ("models/0-machine.safetensors", truncate, "not a whole safetensors"),
    "a truncated net": ("models/0-net.safetensors", truncate, "0-net.safetensors"),
    "a pickle for a net": ("models/0-net.safetensors", pickled, "0-net.safetensors"),
    "truncated statistics": ("models/0-transforms.safetensors", truncate, "0-transforms"),
    "a damaged status": ("status.json", truncate, "status.json: not JSON"),
    "a later version": ("status.json", newer, "this version reads up to 1; upgrade harmonium"),
    "a damaged recipe": (
        "recipe.resolved.yaml",
        lambda path: path.write_text("model: [1, 2\n"),
        "recipe.resolved.yaml",
    ),
    "a damaged environment": ("environment.json", truncate, "environment.json: not JSON"),
}
RUNS["no machine"] = ("models/0-machine.safetensors", lambda path: path.unlink(), "not there")


@pytest.mark.parametrize(("file", "damage", "message"), RUNS.values(), ids=RUNS)
def test_damaged_runs(refused, place, file, damage, message):
    damage(place / "runs" / "net" / "20260101-000000-net" / file)
    assert message in refused("predict", "net", "-i", "good.npy", "-o", "out.csv")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nte", "no run 'nte' under runs"),
        ("2026", "2 runs have names that begin like this; choose one"),
        ("runs/net", "runs/net"),
        ("good.npy", "not a run directory"),
        ("../..", "not a run directory"),
        ("/etc", "not a run directory"),
    ],
)
def test_names_that_are_no_run(refused, place, name, message):
    if name == "runs/net":
        (place / "runs" / "net" / "20260101-000000-net" / "status.json").unlink()
    for line in (["evaluate", name], ["runs", "show", name], ["runs", "rm", name, "--yes"]):
        assert message in refused(*line)
    assert (place / "good.npy").exists()


# --- what is asked of a run ------------------------------------------------------------------

ASKED = {
    "a layer that is not there": ("encode net -o out.npy --layer h7", "there are h1, h2 and net"),
    "a trial that is not there": ("encode net -o out.npy --trial 9", "9-machine.safetensors"),
    "a net where there is none": (
        "predict bits -o out.csv",
        "no model of this run finds the class of a row",
    ),
    "a device that is no device": ("encode net -o out.npy --device gpu", "no device 'gpu'"),
    "a device that is not here": ("encode net -o out.npy --device cuda:77", "cuda:77"),
    "a format to write": ("encode net -o out.xlsx", ".xlsx is not a format to write"),
    "no suffix": ("predict net -o out", "no suffix is not a format to write"),
    "a folder that is not there": ("encode net -o no/out.npy", "there is no folder no"),
    "a file that is there": ("encode net -o good.npy", "--overwrite replaces it"),
    "a folder for a file": ("encode net -o runs --overwrite", "not a format to write"),
    "no samples": ("sample bits -o out.npy -n 0", "-n"),
    "more samples than anyone has": (f"sample bits -o out.npy -n {10**30}", "1000000"),
    "steps back": ("sample bits -o out.npy --steps -1", "--steps"),
    "a seed that is no number": ("sample bits -o out.npy --seed red", "--seed"),
    "a seed beyond all bounds": (f"sample bits -o out.npy --seed {10**30}", "--seed"),
    "known values out of range": ("sample bits -o out.npy --clamp 0=2", "[0, 1]"),
    "a place out of range": ("sample bits -o out.npy --clamp 64=1", "from 0 to 63"),
    "known values of no number": ("sample bits -o out.npy --clamp 0=red", "position=value"),
    "infinite known values": ("sample bits -o out.npy --clamp 0=inf", "infinite"),
    "known values of another shape": (
        "sample bits -o out.npy -n 3 --clamp good.npy",
        "shape (20, 64), but 3 samples of 64 values need (64,) or (3, 64)",
    ),
    "known values in no file": ("sample bits -o out.npy --clamp no.npy", "no.npy: no such file"),
    "known values of a belief net": ("sample net -o out.npy --clamp 0=1", "none can be held"),
    "a picture format": ("sample bits -o out.gif", "choose from .png"),
    "one chain": ("likelihood bits --ais --chains 1", "--chains"),
    "a ladder without steps": ("likelihood bits --ais --betas 0", "--betas"),
    "two ways at once": ("likelihood bits --ais --exact", "choose one of"),
    "a verb that is none": ("encoed net -o out.npy", "Did you mean 'encode'"),
    "an option that is none": ("encode net -o out.npy --layers h1", "--layer"),
    "no run": ("encode -o out.npy", "RUN"),
    "a recipe for a set": ("data preview recipe.yaml", "recipe.yaml"),
}


@pytest.mark.parametrize(("line", "message"), ASKED.values(), ids=ASKED)
def test_what_cannot_be_asked(refused, place, line, message):
    assert message in refused(*line.split())
    assert not (place / "out.npy").exists()
    assert np.array_equal(np.load(place / "good.npy"), X)


def test_too_many_states_to_count(refused, place):
    recipe = {
        "name": "large",
        "data": {"source": "digits"},
        "model": {"type": "rbm", "visible": 64, "hidden": 60},
        "train": {"type": "energy", "epochs": 1, "batch_size": 1297},
    }
    train(recipe, output=place / "runs")
    assert "too many to enumerate" in refused("likelihood", "large", "--exact")


# --- training --------------------------------------------------------------------------------

GOOD = {
    "data": {"source": {"type": "arrays", "train": "rows.npz"}},
    "model": {"type": "rbm", "visible": 64, "hidden": 4},
    "train": {"type": "energy", "epochs": 1},
}
NET = {
    **{key: GOOD[key] for key in ("data",)},
    "model": {"type": "belief_net", "units": [64, 4]},
    "fine_tune": {"type": "classify", "epochs": 1},
}

TRAINING = {
    "no rows": (GOOD, None, 2, "rows.npz"),
    "rows of another width": (
        GOOD,
        {"x": X[:, :9]},
        2,
        "it reads 64 values, but the rows of rows",
    ),
    "NaN among the rows": (GOOD, {"x": X * np.nan}, 2, "NaN"),
    "rows out of range": (GOOD, {"x": 300 * X}, 2, "[0, 1]"),
    "rows that are all the same": (GOOD, {"x": np.ones((9, 64))}, 2, "rows"),
    "a net without labels": (NET, {"x": X}, 2, "labelled training rows"),
    "labels of another number": (NET, {"x": X, "y": np.zeros(3)}, 2, "y has shape (3,)"),
    "negative weights": (GOOD, {"x": X, "weights": -X[:, 0]}, 2, "weights"),
    "a rate that diverges": (
        {
            **GOOD,
            "train": {**GOOD["train"], "epochs": 30, "optimiser": {"type": "sgd", "lr": 1e38}},
        },
        {"x": X},
        1,
        "learning diverged",
    ),
}


@pytest.mark.parametrize(("recipe", "arrays", "code", "message"), TRAINING.values(), ids=TRAINING)
def test_training_that_cannot_be(refused, place, recipe, arrays, code, message):
    (place / "mine.yaml").write_text(json.dumps(recipe))
    if arrays is not None:
        (place / "rows.npz").write_bytes(npz(**arrays))
    assert message in refused("train", "mine.yaml", code=code)


FILES = {
    "an empty recipe": (b"", "mine.yaml"),
    "a recipe of bytes": (bytes(range(256)), "mine.yaml"),
    "a name that leaves the folder": (
        json.dumps({**GOOD, "name": "../../evil"}).encode(),
        "name",
    ),
    "a seed beyond all bounds": (json.dumps({**GOOD, "seed": 10**40}).encode(), "seed"),
}


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES)
def test_recipe_files_that_cannot_be(refused, place, content, message):
    (place / "mine.yaml").write_bytes(content)
    (place / "rows.npz").write_bytes(npz(x=X))
    before = sorted(path for path in place.parent.rglob("*"))
    assert message in refused("train", "mine.yaml")
    assert sorted(path for path in place.parent.rglob("*")) == before


def test_a_file_where_runs_should_go(refused, place):
    (place / "mine.yaml").write_text(json.dumps(GOOD))
    (place / "rows.npz").write_bytes(npz(x=X))
    assert "good.npy" in refused("train", "mine.yaml", "-o", "good.npy")


@pytest.mark.parametrize("damage", [truncate, pickled], ids=["truncated", "a pickle"])
def test_a_checkpoint_that_cannot_be_resumed(refused, place, damage):
    run = place / "runs" / "bits" / "20260101-000000-bits"
    Run.open(run).mark("interrupted")
    damage(run / "checkpoints" / "last.safetensors")
    assert "last.safetensors" in refused("train", "--resume", "bits")


# --- what is not installed -------------------------------------------------------------------


class Absent:
    """A finder that finds a package missing."""

    def __init__(self, module):
        self.module = module

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == self.module:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize(
    ("line", "module", "extra"),
    [
        ("encode net -o out.parquet", "pyarrow", "data"),
        ("encode net -o out.h5", "h5py", "data"),
        ("encode net -i x.h5 -o out.npy", "h5py", "data"),
        ("predict net -i x.parquet -o out.csv", "pyarrow", "data"),
        ("sample bits -o out.png --steps 1", "matplotlib", "app"),
    ],
)
def test_a_missing_package_comes_with_its_pip_line(
    refused, place, monkeypatch, line, module, extra
):
    for name in [n for n in sys.modules if n == module or n.startswith(f"{module}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent(module), *sys.meta_path])
    for name in ("x.h5", "x.parquet"):
        (place / name).touch()
    message = refused(*line.split(), code=3)
    assert module in message
    assert f'pip install "harmonium[{extra}]"' in message
    assert not list(place.glob("out.*"))
