"""Every built-in recipe, cut down to seconds: small machines on small data, two epochs a stage."""

import copy
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ruamel.yaml import YAML
from safetensors.torch import load_file

from harmonium.apply import Trained
from harmonium.data import digits
from harmonium.describe.builtin import builtin, find
from harmonium.needs import Needs, unmet
from harmonium.runs import Run

__all__ = [
    "RECIPES",
    "can",
    "classifies",
    "draws",
    "fingerprint",
    "is_net",
    "labelled",
    "miniature",
    "predicts",
    "probable",
    "twins",
]

RECIPES = tuple(builtin())

EPOCHS, TRIALS = 2, 2
WIDTHS = (12, 10, 8)
"""Units of the hidden layers, the lowest first."""

CODE = 4
"""Units of a code that is a group of its own kind."""

NETS = (
    "adversaries",
    "action_values",
    "autoencoder",
    "codec",
    "deconvolutional",
    "deep",
    "elementary_perceptron",
    "embedding",
    "extreme_learning",
    "forecast",
    "joint_embedding",
    "go_policy",
    "go_value",
    "kohonen",
    "linear_memory",
    "log_bilinear",
    "mlp",
    "neocognitron",
    "net",
    "neural_turing_machine",
    "perceptron",
    "radial_basis",
    "recursive_net",
    "reservoir",
    "rntn",
    "series",
    "sigmoid_belief_net",
    "sliding_window",
    "tagger",
    "transducer",
    "tree_lstm",
)

CLASSIFIERS = (
    "deep",
    "extreme_learning",
    "go_policy",
    "mlp",
    "neocognitron",
    "net",
    "radial_basis",
    "reservoir",
    "series",
)
"""Nets whose outputs are those of classes, unless a recipe says that they are values."""

SCORING = (
    "elementary_perceptron",
    "extreme_learning",
    "linear_memory",
    "neocognitron",
    "perceptron",
    "radial_basis",
    "reservoir",
)
"""Nets that find classes without their probabilities."""

OF_SERIES = {"forecast", "reservoir", "series"}
"""Nets that read series; their data are made."""
TEXTS = ("language", "markov_chain")
"""Models that continue texts."""

TREE_NETS = ("recursive_net", "rntn", "tree_lstm")

KNOWN_NETS = ("cifar_densenet", "cifar_resnet", "lenet5", "seven_layer_net", "two_stage_net")
"""Nets for larger pictures than those of digits, of which ``PICTURE_NET`` takes the place."""

PICTURE_NET: dict[str, Any] = {
    "type": "net",
    "shape": [1, 8, 8],
    "layers": [
        {"type": "conv2d", "out_channels": 4, "kernel_size": 3},
        "batch_norm2d",
        "relu",
        {"type": "max_pool2d", "kernel_size": 2},
        "flatten",
        {"type": "linear", "out_features": 10},
    ],
}

UP_NET: dict[str, Any] = {
    "type": "net",
    "layers": [
        {"type": "linear", "out_features": 32},
        {"type": "unflatten", "dim": 1, "unflattened_size": [2, 4, 4]},
        "batch_norm2d",
        "relu",
        {"type": "conv_transpose2d", "out_channels": 1, "kernel_size": 2, "stride": 2},
    ],
}
"""A generator of pictures of digits."""

TEXT = "the quick brown fox jumps over the lazy dog. " * 60
"""Takes the place of the plays of Shakespeare."""

PLAYS = 65
"""Different characters in them."""

DRAWN: dict[str, dict[str, Any]] = {
    "chorale_notes": {"type": "chorale_notes", "count": 20, "length": 20},
    "chorales": {"type": "chorales", "count": 20},
    "copies": {"type": "copies", "rows": 64, "test": 20, "longest": 4, "test_length": 6},
    "curve": {},
    "environment": {},
    "dates": {"type": "dates", "rows": 200, "test": 40},
    "gate": {},
    "moved_digits": {"type": "moved_digits", "rows": 20, "test": 30},
    "potts_alignment": {"type": "potts_alignment", "sequences": 300, "test": 50},
    "ring": {},
    "cluttered_scenes": {"type": "cluttered_scenes", "rows": 12, "test": 6},
    "scenes": {"type": "scenes", "rows": 200, "test": 40},
}
"""Reader that needs no files -> the source for few rows; empty: as it is."""

VOCABULARY = (
    *("goal", "match", "team", "coach"),
    *("court", "law", "judge", "crime"),
    *("bond", "bank", "price", "trade"),
)

PLAY = {"updates": 20, "memory": 200, "warm_up": 40, "exploration_steps": 50, "trials": 2}
"""Settings of play that takes no time."""

SMALL: dict[str, dict[str, Any]] = {
    "cca": {"components": 4, "ridges": [1.0]},
    "swapped_words": {"contexts": 1, "rows": 300},
    "detection": {"draws": 20},
    "linear_windows": {"max_iter": 20},
    "nearest_neighbours": {"components": 4},
    "bound": {"samples": 3},
    "frames": {"series": 2, "betas": 5, "chains": 2, "sweeps": 2},
    "horizon": {"season": 4},
    "linear_forecast": {"season": 4},
    "seasonal_naive": {"season": 4},
    "modes": {"samples": 20, "updates": 5},
    "parzen": {"samples": 50, "widths": 3},
    "likelihood": {"betas": 10, "chains": 5, "reverse_sweeps": 5},
    "linear_svm": {"max_iter": 20},
    "play": {"episodes": 3},
    "random_player": {"episodes": 3},
    "perplexity": {"documents": 5, "betas": 10, "chains": 5, "sweeps": 5},
    "lda": {"passes": 1, "samples": 50, "documents": 5},
    "logistic_autoregression": {"lags": [1], "alphas": [10.0]},
    "ngram": {"longest": 3},
    "logistic_regression": {"C": [1.0], "max_iter": 50},
    "svc": {"C": [1.0], "gamma": ["scale"]},
    "relu_net": {"sizes": [[10]], "alpha": [1e-3], "max_iter": 3},
    "label_spreading": {"neighbours": [5]},
    "nmf": {"max_iter": 5},
    "random_start": {"epochs": 1, "same_time": False},
}
"""Settings of judges and baselines that take no time."""


def miniature(name: str, folder: Path) -> dict[str, Any]:
    """A recipe cut down; data that it needs and nobody ships are written into ``folder``.

    MNIST is replaced by scikit-learn's digits, a folder of pictures by a folder of digits.
    """
    recipe = YAML(typ="safe").load(find(name))
    recipe = {**copy.deepcopy(recipe), "name": name, "threads": 1}
    recipe["repeats"] = min(recipe.get("repeats", 1), TRIALS)
    if recipe["model"]["type"] in OF_SERIES and not predicts(recipe):
        recipe["data"]["source"] = "vowels"  # series with labels
    if "ALE/" in str(recipe["data"]["source"]):
        _without_atari(recipe)
    _shrink_data(recipe["data"], folder)
    _shrink_model(recipe["model"], 841 if recipe["data"]["source"] == "letters" else 64)
    short = (recipe[stage] for stage in ("pretrain", "train", "fine_tune") if stage in recipe)
    for stage in (*short, *recipe.get("stages", ())):
        if "epochs" in stage:
            stage["epochs"] = EPOCHS
        if stage["type"] == "q_learning":
            stage |= PLAY
        for layer in stage.get("layers", ()):
            layer.pop("epochs", None)
    for section in ("judge", "compare"):
        recipe[section] = [_small(component) for component in recipe.get(section, ())]
    return recipe


def _without_atari(recipe: dict[str, Any]) -> None:
    """Catch takes the place of games whose episodes take seconds."""
    recipe["data"]["source"] = {"type": "environment", "game": "catch", "frames": 4}
    recipe["model"] |= {"actions": 3, "net": {"type": "mlp", "units": [400, 12, 3]}}


def _shrink_data(data: dict[str, Any], folder: Path) -> None:
    counted = ("newsgroups", "reuters")
    if isinstance(data["source"], dict) and data["source"]["type"] in counted:
        path = _documents(folder / "documents.txt")
        data["source"] = {"type": "text", "train": str(path), "test": 0.3, "labelled": True}
        return
    if named(data["source"]) in DRAWN:
        data["source"] = DRAWN[named(data["source"])] or data["source"]
        return
    asked = "outcomes" if "outcome" in str(data["source"]) else named(data["source"])
    if asked in MADE:
        data["source"] = MADE[asked](folder)
        return
    if data["source"] == "tiny_shakespeare":
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "text.txt").write_text(TEXT)
        path = str(folder / "text.txt")
        data["source"] = {"type": "characters", "train": path, "length": 16}
    elif named(data["source"]) == "patches":
        data["source"]["count"] = 1000
    elif named(data["source"]) == "cifar10":
        data["source"] = "digits"
    elif isinstance(data["source"], dict):
        _pictures(folder / "images")
        data["source"] |= {"path": str(folder / "images"), "size": [8, 8]}
    elif data["source"] not in ("letters", "diabetes"):
        data["source"] = "digits"
    if data.get("labels"):
        data["labels"] = {"per_class": 5}


def named(source: str | dict[str, Any]) -> str:
    """The reader of a source."""
    return source if isinstance(source, str) else source["type"]


def _joined(folder: Path) -> dict[str, Any]:
    """Digits as pictures, their names as words, side by side in the rows of a file."""
    images, splits = digits(), {}
    assert images.train_labels is not None
    assert images.test_labels is not None
    parts = {
        "train": (images.train, images.train_labels),
        "test": (images.test, images.test_labels),
    }
    for part, (x, labels) in parts.items():
        words = torch.nn.functional.one_hot(labels, 10)
        even = torch.stack([labels % 2 == 0, labels % 2 == 1], 1)  # so that a row has two words
        splits[f"x_{part}"] = torch.cat([x.reshape(len(x), -1), words, even], 1).numpy()
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "joined.npz", **splits)
    joined = {"picture": [8, 8], "words": [12]}
    return {"type": "arrays", "train": str(folder / "joined.npz"), "joined": joined}


def _shrink_machine(model: dict[str, Any], width: int) -> None:
    visible = model["visible"]
    if isinstance(model["hidden"], dict):
        model["hidden"] = {**model["hidden"], "shape": [CODE]}
    elif isinstance(visible, int):
        model |= {"visible": width, "hidden": WIDTHS[0]}
    elif isinstance(visible, dict) and isinstance(visible.get("shape"), int):
        model |= {"visible": {**visible, "shape": min(width, visible["shape"])}}
        model["hidden"] = WIDTHS[0]


def _shrink_model(model: dict[str, Any], width: int) -> None:
    if special := next((name for name in SPECIAL if name in model), None):
        SPECIAL[special](model)
        return
    if model["type"] in KNOWN_NETS or (width == 64 and "table_conv2d" in str(model)):
        model.clear()
        model |= copy.deepcopy(PICTURE_NET)
    elif model["type"] in ("deep", "mlp"):
        first, *hidden, outputs = model["units"]
        model["units"] = [min(first, width), *WIDTHS[: len(hidden)], outputs]
    elif "units" in model and isinstance(model["units"][-1], dict):
        *_, top = model["units"]
        model["units"] = [width, *WIDTHS[: len(model["units"]) - 2], {**top, "shape": CODE}]
    elif "units" in model:
        model["units"] = [width, *WIDTHS[: len(model["units"]) - 1]]
    elif "shape" in model:
        _shrink_pictures(model)
    elif model["type"] == "elementary_perceptron":
        model["associations"] = WIDTHS[0]
    elif model.get("inputs") == 784:
        model["inputs"] = width
    elif "visible" in model:
        _shrink_machine(model, width)


def _shrink_pictures(model: dict[str, Any]) -> None:
    """Pictures become those of digits, patches stay; few maps of small kernels."""
    if "kernels" in model:
        model |= {"maps": [3, 4], "kernels": [3, 2], "pools": [2, 1]}
    elif "kernel" in model:
        model |= {"maps": 3, "kernel": 3}
    elif "maps" in model:
        model["maps"] = 3
    if model["shape"] == [1, 28, 28]:
        model["shape"] = [1, 8, 8]


def _shrink_sequences(model: dict[str, Any]) -> None:
    """A model of documents, of one long text, or of time series."""
    if "channels" in model:
        model["hidden"] = WIDTHS[0]
        return
    if "reservoir" in model:
        inputs, targets = (1, 3) if model.get("outputs") == "values" else (6, 2)
        model["reservoir"] |= {"inputs": inputs, "hidden": WIDTHS[0]}
        model["targets"] = targets
        return
    if "horizon" in model:
        model["recurrent"] |= {"hidden": WIDTHS[0]}
        model |= {"horizon": 3, "lags": 6, "season": 4 if model["season"] else None}
        return
    if "classes" in model and "recurrent" in model:
        model["recurrent"] |= {"hidden": WIDTHS[0], "inputs": 6}
        model["classes"] = 2
        return
    if model["type"] in TREE_NETS:
        model |= {"words": 50, "hidden": CODE, "longest": 12}
        return
    if "words" in model:
        model |= {"words": len(VOCABULARY), "hidden": WIDTHS[0]}
        return
    if model["vocabulary"] == PLAYS:
        model["vocabulary"] = len(set(TEXT))
    if "recurrent" in model:
        model["recurrent"] |= {"inputs": 8, "hidden": WIDTHS[0]}


def _shrink_symbols(model: dict[str, Any]) -> None:
    """A net from symbols to symbols, which writes few of them."""
    small = {"embedding": 8, "hidden": WIDTHS[0], "longest": 12, "memory": [10, 6]}
    if model["type"] == "tagger":
        model |= {"sources": 13, "targets": 3}
    model |= {name: value for name, value in small.items() if name in model}


def _shrink_pathways(model: dict[str, Any]) -> None:
    model |= {"pathways": {"picture": [64, 12], "words": [12, 10]}, "joint": 8}


def _shrink_encoders(model: dict[str, Any]) -> None:
    words = {"type": "net", "shape": [12], "layers": [{"type": "linear", "out_features": 10}]}
    model["encoders"] = {"picture": copy.deepcopy(PICTURE_NET), "words": words}


def _shrink_adversaries(model: dict[str, Any]) -> None:
    """Dense nets keep their number of layers; described nets become smaller ones."""
    classes = model.get("classes") or 0
    generator, discriminator = model["generator"], model["discriminator"]
    if "units" in generator:
        generator["units"] = [CODE + classes, *WIDTHS[: len(generator["units"]) - 2], 64]
    else:
        model["generator"] = {**copy.deepcopy(UP_NET), "shape": [CODE + classes]}
    if "units" in discriminator:
        discriminator["units"] = [64, *WIDTHS[: len(discriminator["units"]) - 2], classes or 1]
    else:
        model["discriminator"] = down = copy.deepcopy(PICTURE_NET)
        down["layers"][-1]["out_features"] = classes or 1


def _shrink_codec(model: dict[str, Any]) -> None:
    """Nets of pictures of 28 x 28 become small ones for those of 8 x 8; others stay."""
    if model["encoder"].get("shape") == [1, 28, 28]:
        down, up = copy.deepcopy((PICTURE_NET, UP_NET))
        down["layers"][-1] = model["encoder"]["layers"][-1]
        up["layers"].append("flatten")
        model |= {"encoder": down, "decoder": {**up, "shape": model["decoder"]["shape"]}}


def _shrink_agent(model: dict[str, Any]) -> None:
    first, *hidden, outputs = model["net"]["units"]
    model["net"]["units"] = [first, *WIDTHS[: len(hidden)], outputs]


def _shrink_policy(model: dict[str, Any]) -> None:
    """Few maps; the board keeps its size."""
    for layer in model["net"]["layers"]:
        if isinstance(layer, dict) and layer.get("out_channels", 1) > 1:
            layer["out_channels"] = 2


def _shrink_window(model: dict[str, Any]) -> None:
    """Few maps and two scales; pictures keep their size."""
    for layer in model["window"]["layers"]:
        if isinstance(layer, dict) and layer.get("out_channels", 1) > 1:
            layer["out_channels"] = 2
    model["scales"] = [1.0, 0.6]


SPECIAL = {
    "actions": _shrink_agent,
    "encoder": _shrink_codec,
    "net": _shrink_policy,
    "window": _shrink_window,
    "generator": _shrink_adversaries,
    "encoders": _shrink_encoders,
    "pathways": _shrink_pathways,
    "sources": _shrink_symbols,
    "words": _shrink_sequences,
    "vocabulary": _shrink_sequences,
    "channels": _shrink_sequences,
    "recurrent": _shrink_sequences,
    "reservoir": _shrink_sequences,
}
"""Setting that only some models have -> how such a model is cut down."""


def _small(component: str | dict[str, Any]) -> dict[str, Any]:
    full = {"type": component} if isinstance(component, str) else component
    return {**full, **SMALL.get(full["type"], {})}


def _documents(path: Path) -> Path:
    """Documents of 1 to 20 words on three subjects, one a line after its label and a tab."""
    path.parent.mkdir(parents=True, exist_ok=True)
    third, lines = len(VOCABULARY) // 3, []
    for row in range(200):
        own = VOCABULARY[row % 3 * third : (row % 3 + 1) * third]
        words = [own[(row * k) % third] for k in range(1, 2 + row % 19)]
        lines.append(f"{'abc'[row % 3]}\t{' '.join([*words, VOCABULARY[row % 12]])}\n")
    path.write_text("".join(lines))
    return path


def _pictures(folder: Path) -> None:
    """Digits 0, 1 and 2 as PNG files, in folders named a, b and c."""
    from PIL import Image

    images = digits()
    assert images.train_labels is not None
    for row in range(200):
        label = int(images.train_labels[row])
        if label < 3:
            place = folder / "abc"[label] / f"{row}.png"
            place.parent.mkdir(parents=True, exist_ok=True)
            grey = (images.train[row].reshape(8, 8) * 255).to(torch.uint8)
            Image.fromarray(grey.numpy()).save(place)


def _motions(folder: Path) -> dict[str, Any]:
    """A table of six channels and 400 frames of two waves with noise."""
    draws = torch.randn(400, 6, generator=torch.Generator().manual_seed(0))
    wave = torch.sin(torch.arange(400)[:, None] * torch.tensor([0.3, 0.3, 0.3, 0.7, 0.7, 0.7]))
    path = folder / "motions.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(f"{v:.4f}" for v in row) for row in (wave + 0.2 * draws).tolist()]
    path.write_text("\n".join(["a,b,c,d,e,f", *lines]) + "\n")
    return {"type": "series", "path": str(path), "length": 20}


def _spoken(folder: Path) -> dict[str, Any]:
    """Series of 5 to 15 frames and six channels, slow waves or fast ones, with their labels."""
    source, folder = torch.Generator().manual_seed(0), folder / "spoken"
    folder.mkdir(parents=True, exist_ok=True)
    for part, rows in {"train": 60, "test": 30}.items():
        lines = []
        for row in range(rows):
            length = 5 + row % 11
            steps = torch.arange(length) * (0.3, 0.9)[row % 2] + row
            values = steps.sin() + 0.1 * torch.randn(6, length, generator=source)
            lines.append(":".join(",".join(f"{v:.4f}" for v in x) for x in values.tolist()))
            lines[-1] += f":{('slow', 'fast')[row % 2]}\n"
        (folder / f"{part}.ts").write_text("@data\n" + "".join(lines))
    files = {"path": str(folder / "train.ts"), "test": str(folder / "test.ts")}
    return {"type": "series", **files, "standardise": False}


def _games(folder: Path) -> dict[str, Any]:
    """Games of Go whose stones are placed at random, one a line."""
    source = torch.Generator().manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for row in range(12):
        points = torch.randperm(361, generator=source)[:30].tolist()
        named = ["".join(chr(ord("a") + k) for k in (p % 19, p // 19)) for p in points]
        lines.append(f"{row}\t" + "".join(f";{'BW'[k % 2]}[{n}]" for k, n in enumerate(named)))
    (folder / "games.txt").write_text("\n".join(lines) + "\n")
    return {"type": "go_games", "path": str(folder / "games.txt"), "per_game": 3, "test": 0.3}


def _decided(folder: Path) -> dict[str, Any]:
    """The same as .sgf files that say who won."""
    _games(folder)
    for row, line in enumerate((folder / "games.txt").read_text().splitlines()):
        won, moves = "BW"[row % 2], line.partition("\t")[2]
        (folder / f"{row:02d}.sgf").write_text(f"(;GM[1]FF[4]SZ[19]RE[{won}+R]{moves})")
    settings = {"target": "outcome", "per_game": 3, "test": 0.3}
    return {"type": "go_games", "path": str(folder), **settings}


def _forecast(folder: Path) -> dict[str, Any]:
    """A year for each frame of a wave with noise, in windows."""
    draws = torch.randn(200, generator=torch.Generator().manual_seed(0))
    values = (torch.arange(200) * 1.6).sin() + 0.2 * draws
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{1800 + k},{v:.4f}" for k, v in enumerate(values.tolist())]
    (folder / "wave.csv").write_text("\n".join(["year,wave", *lines]) + "\n")
    size = {"context": 12, "horizon": 3, "validation": 0.2}
    return {"type": "windows", "path": str(folder / "wave.csv"), "time": "year", **size}


def _trees(folder: Path) -> dict[str, Any]:
    """Random trees whose labels are sums over their words, in two files."""
    source = torch.Generator().manual_seed(0)

    def drawn(leaves: int) -> tuple[str, int]:
        if leaves == 1:
            k = int(torch.randint(5, (), generator=source))
            return f"({k} word{k}{int(torch.randint(9, (), generator=source))})", k - 2
        left = int(torch.randint(1, leaves, (), generator=source))
        (one, a), (other, b) = drawn(left), drawn(leaves - left)
        total = max(-2, min(2, a + b))
        return f"({total + 2} {one} {other})", total

    paths = {}
    for part, rows in {"train": 200, "test": 80}.items():
        sizes = torch.randint(4, 13, (rows,), generator=source).tolist()
        paths[part] = folder / f"{part}.txt"
        paths[part].write_text("".join(f"{drawn(n)[0]}\n" for n in sizes))
    return {"type": "trees", **{k: str(v) for k, v in paths.items()}, "longest": 12}


def _tagged(folder: Path) -> dict[str, Any]:
    """Sentences of the words of ``VOCABULARY``, whose tags depend on the word."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for row in range(120):
        words = [VOCABULARY[row * k % len(VOCABULARY)] for k in range(1, 2 + row % 9)]
        tags = {word: ("O", "B-NAME", "I-NAME")[k % 3] for k, word in enumerate(VOCABULARY)}
        lines.append("".join(f"{word}\t{tags[word]}\n" for word in words))
    (folder / "tagged.txt").write_text("\n".join(lines))
    return {"type": "tagged", "train": str(folder / "tagged.txt"), "test": 0.3}


def classifies(recipe: dict[str, Any]) -> bool:
    """Whether the recipe ends with something that finds classes."""
    model = recipe["model"]
    net = model["type"] in CLASSIFIERS and model.get("outputs") != "values"
    net = net or model["type"] == "linear_memory"
    held = "classes" in model and model["type"] != "adversaries"
    return "fine_tune" in recipe or held or net


def predicts(recipe: dict[str, Any]) -> bool:
    """Whether the model predicts values of series."""
    model = recipe["model"]
    return model["type"] == "forecast" or model.get("outputs") == "values"


def probable(recipe: dict[str, Any]) -> bool:
    """Whether it finds them by their probabilities."""
    return classifies(recipe) and recipe["model"]["type"] not in SCORING


def can(run: Run, *abilities: str) -> bool:
    """Whether a model of the run has all these abilities (``harmonium.needs``)."""
    return unmet(Needs(model=abilities), Trained(run).models.values(), data=None) is None


def draws(recipe: dict[str, Any]) -> bool:
    """Whether the model draws rows."""
    model = recipe["model"]
    if model["type"] in ("adversaries", "sigmoid_belief_net"):
        return True
    drawn = model.get("code") in ("gaussian", {"type": "gaussian"})
    return drawn or not (is_net(recipe) or "channels" in model or model["type"] in TEXTS)


def is_net(recipe: dict[str, Any]) -> bool:
    """Whether the model is an ordinary net."""
    return recipe["model"]["type"] in NETS


def labelled(recipe: dict[str, Any]) -> bool:
    """Whether the machine itself has a group of labels."""
    return "classes" in recipe["model"]


def fingerprint(models: Path) -> dict[str, str]:
    """File -> SHA-256 (its first 16 digits) over names, types, shapes and bytes of its tensors."""
    found = {}
    for path in sorted(models.glob("*.safetensors")):
        digest = hashlib.sha256()
        for name, x in sorted(load_file(path).items()):
            x = x.contiguous()
            digest.update(f"{name} {x.dtype} {tuple(x.shape)}".encode())
            digest.update(x.numpy().tobytes())
        found[path.name] = digest.hexdigest()[:16]
    return found


MADE = {
    "co2": _forecast,
    "corel5k": _joined,
    "emoji": _joined,
    "go_games": _games,
    "motions": _motions,
    "outcomes": _decided,
    "play_names": _tagged,
    "shapes": _joined,
    "sst": _trees,
    "sunspots": _forecast,
    "vowels": _spoken,
}
"""Reader of files that nobody ships -> maker of small ones in their place."""


def twins() -> frozenset[str]:
    """Recipes that others stand for: other ones have each of their traits, see ``_traits``.

    They run in slow tests only. Those of the embedded digits are the last to go.
    """
    traits = {name: _traits(YAML(typ="safe").load(find(name))) for name in RECIPES}
    left = Counter(trait for own in traits.values() for trait in own)
    found = set()
    for name in sorted(RECIPES, key=lambda name: (name.startswith("digits"), name)):
        if all(left[trait] > 1 for trait in traits[name]):
            found.add(name)
            left.subtract(traits[name])
    return frozenset(found)


def _traits(recipe: dict[str, Any]) -> set[tuple[object, ...]]:
    """Kinds of model, data, stages, judges and baselines; stages and parts with their model."""
    model, data = recipe["model"], recipe["data"]
    kind, source = model["type"], _type(data["source"])
    short = [recipe[key] for key in ("pretrain", "train", "fine_tune") if key in recipe]
    stages = [_type(stage) for stage in (*short, *recipe.get("stages", ()))]
    parts = [model.get(key) for key in ("outputs", "code", "visible")]
    return {
        ("source", "digits" if source in ("mnist", "fashion_mnist") else source),
        ("labels", bool(data.get("labels"))),
        ("classes", kind, "classes" in model),
        ("stages", kind, *stages),
        *(("stage", stage) for stage in stages),
        *(("part", kind, _type(part or "")) for part in parts if not isinstance(part, int)),
        *(("judge", _type(judge)) for judge in recipe.get("judge", ())),
        *(("baseline", _type(baseline)) for baseline in recipe.get("compare", ())),
    }


def _type(component: str | dict[str, Any]) -> str:
    return component if isinstance(component, str) else str(component["type"])
