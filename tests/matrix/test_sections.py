"""Every section of the report of every recipe: shown with pictures, or left out with a reason."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from harmonium.report.evidence import Evidence
from harmonium.report.run_page import run_page
from harmonium.report.sections.learning import drawn
from tests.matrix.miniature import RECIPES, can, classifies
from tests.matrix.red import cells

TITLES = {
    "results": "Results",
    "noticed": "What the run noticed",
    "learning": "Learning",
    "flow": "Gradients by layer",
    "heads": "Heads of the memory",
    "preview": "The data",
    "weights": "Weights",
    "patches": "Units on patches",
    "memory": "Memory",
    "unit_map": "Map of prototypes",
    "recall": "Reconstructions",
    "resolution": "Low and high resolution",
    "restored": "Restored rows",
    "samples": "Samples",
    "latent_walk": "A walk through the noise",
    "continuation": "Continuation",
    "music": "Music",
    "activity": "Hidden activity",
    "code_map": "Map of the codes",
    "traversal": "What the numbers of the code do",
    "interpolation": "Between two rows",
    "retrieval": "Search by bits",
    "bits": "Bits of the code",
    "energy": "Free energy",
    "separable": "Can a plane separate the classes",
    "decision_line": "Decision line",
    "mistake_bound": "Mistakes and their bound",
    "mistakes": "Right and wrong",
    "neighbours": "Nearest neighbours",
    "found_objects": "Found objects",
    "planes": "Planes of cells",
    "fit": "Fit",
    "forecast": "Forecasts",
    "tags": "Tagged sentences",
    "values": "Predicted and true",
    "written": "Sequences written",
    "captions": "Captions",
    "partition": "log Z",
    "chains": "Chains",
    "again": "How to repeat this run",
}
"""Section -> its heading. The other two say what went wrong and what was left out."""

PERCEPTRONS = ("separable", "decision_line", "mistake_bound")
"""Sections that a page mentions only if its model is a perceptron."""

DECODED = ("restored", "traversal", "interpolation")
"""Sections that a page mentions only if its model decodes; these replace "Reconstructions"."""

HASHED = ("bits", "retrieval")
"""Sections that a page mentions only if its model gives bits."""

FITTED = ("abs_mlp", "ring_mlp", "sine_mlp", "xor_mlp")
"""Recipes of nets whose fit can be drawn."""

ONLY = {
    "captions": lambda _, model: model["type"] == "log_bilinear",
    "continuation": lambda name, model: "channels" in model and not name.startswith("chorales"),
    "decision_line": lambda name, _: name == "gate_perceptron",
    "planes": lambda _, model: model["type"] == "neocognitron",
    "found_objects": lambda _, model: model["type"] == "sliding_window",
    "fit": lambda name, _: name in FITTED,
    "forecast": lambda _, model: model["type"] == "forecast",
    "heads": lambda _, model: model["type"] == "neural_turing_machine",
    "latent_walk": lambda _, model: model["type"] == "adversaries",
    "memory": lambda _, model: model["type"] == "linear_memory",
    "music": lambda name, _: name.startswith("chorales"),
    "neighbours": lambda name, _: name.endswith(("similarity", "look_up")),
    "patches": lambda name, _: name.startswith(("patches", "photographs_deconv")),
    "unit_map": lambda _, model: model["type"] == "kohonen",
    "values": lambda _, model: (
        "values" in (model.get("outputs"), "values" * ("horizon" in model))
        and model["type"] != "codec"
        or model["type"] == "go_value"
    ),
    "resolution": lambda name, _: name == "photographs_espcn",
    "tags": lambda _, model: model["type"] == "tagger",
    "written": lambda _, model: "sources" in model and model["type"] != "tagger",
}
"""Section -> whether the page of a recipe, by its name and model, shows it; else no mention."""

UNSEEN = ("lr", "time/", "trial", "epoch", "update", "findings", "stage", "flow/", "gradient/")
"""Beginnings of keys that are no figures by epoch; gradients have a section of their own."""


@pytest.fixture(scope="session")
def pages(runs):
    found = {}

    def page(name):
        if name not in found:
            evidence = Evidence(runs(name))
            evidence.read_data()
            found[name] = run_page(evidence), evidence
        return found[name]

    return page


@pytest.mark.parametrize(
    ("name", "part"), [cell for part in TITLES for cell in cells(part, RECIPES, part)]
)
def test_a_section_is_shown_or_left_out_with_a_reason(name, part, pages, recipes, runs):
    page, evidence = pages(name)
    shown = {section.title for section in page.sections}
    if part == "mistakes":
        assert (TITLES[part] in shown) is classifies(recipes(name))
    if part in ONLY:
        assert (TITLES[part] in shown) is ONLY[part](name, recipes(name)["model"])
        return
    if part in DECODED or (part == "recall" and can(runs(name), "decodes")):
        assert (TITLES[part] in shown) is (part != "recall" and can(runs(name), "decodes"))
        return
    if part in HASHED:
        assert (TITLES[part] in shown) is can(runs(name), "hashes")
        return
    if part in PERCEPTRONS and not recipes(name)["model"]["type"].endswith("perceptron"):
        assert TITLES[part] not in shown
        return
    if TITLES[part] not in shown:
        reason = evidence.left_out.get(part) or evidence.left_out.get(TITLES[part], "")
        assert len(reason.split()) > 3, f"{TITLES[part]}: neither shown nor left out"


@pytest.mark.parametrize("name", cells("drawn", RECIPES))
def test_every_figure_that_was_recorded_is_drawn(name, runs):
    rows = [row for row in runs(name).metrics() if _several(runs(name), row["stage"])]
    recorded = {
        key.partition("/")[2] or key
        for row in rows
        for key in row
        if not key.startswith(UNSEEN) and key.partition("/")[2] != "error"
    }
    once = {key for key in recorded if _constant(rows, key)}
    assert recorded - {figure for _, figure in drawn(rows)} <= once


def _several(run, stage):
    """Whether a stage has recorded more than one epoch: a single point is no curve."""
    return len({row["epoch"] for row in run.metrics() if row["stage"] == stage}) > 1


def _constant(rows, figure):
    """Flips of real-valued chains are always 1, and say nothing."""
    values = [v for row in rows for k, v in row.items() if k.partition("/")[2] == figure]
    return set(values) == {1.0}


@pytest.mark.parametrize("name", cells("pictures", RECIPES))
def test_no_picture_is_empty(name, runs):
    run = runs(name)
    pictures = sorted((run.path / "figures").glob("*.png"))
    assert pictures
    for path in pictures:
        with Image.open(BytesIO(path.read_bytes())) as image:
            pixels = np.asarray(image.convert("L"))
        assert min(pixels.shape) > 50, path.name
        assert (pixels != pixels[0, 0]).mean() > 0.005, path.name
