"""Training and resuming, for every recipe."""

import json
import math
import platform
import signal
from pathlib import Path

import pytest
import torch

from harmonium.runs.signals import Interrupted
from harmonium.stages import plan as planning
from harmonium.training import train
from tests.matrix.miniature import (
    OF_SERIES,
    RECIPES,
    TEXTS,
    TREE_NETS,
    classifies,
    draws,
    fingerprint,
    is_net,
    predicts,
)
from tests.matrix.red import cells

PARAMETERS = json.loads(Path(__file__).with_name("parameters.json").read_text())
"""Processor and torch -> recipe -> fingerprint of its models."""

FIGURES = {
    "accuracy": "accuracy",
    "bound": "elbo",
    "captions": "token_nats",
    "contacts": "contact_precision",
    "cross_modal": "search_recall_1",
    "detection": "detection_precision",
    "error": "rmse",
    "factors": "factor_correlation",
    "forecast": "step_error",
    "frames": "frame_log_likelihood",
    "horizon": "mase",
    "inpainting": "hole_error",
    "likelihood": "log_likelihood",
    "linear_svm": "svm_error",
    "modalities": "generated_map",
    "modes": "confidence_score",
    "outcome": "outcome_error",
    "parzen": "parzen",
    "look_up": "look_up_top_1",
    "map_errors": "quantisation_error",
    "neighbours": "knn_error",
    "next_token": "token_nats",
    "perplexity": "perplexity",
    "play": "return",
    "psnr": "psnr",
    "reconstruction": "reconstruction_error",
    "retrieval": "precision_at_k",
    "robustness": "shifted_accuracy",
    "sentiment": "node_accuracy",
    "swapped_words": "swap_accuracy",
    "tagging": "tag_accuracy",
    "transduction": "exact_output",
    "true_captions": "true_captions",
}
"""Judge -> the figure that it gives."""

SHARES = {"accuracy", "knn_error", "precision_at_k", "reconstruction_error"}
"""Figures of baselines, all between 0 and 1."""


SCORES = {
    *(
        "detection_precision",
        "log_likelihood",
        "mase",
        "outcome_error",
        "look_up_top_1",
        "perplexity",
        "return",
        "search_recall_1",
        "step_error",
    ),
    *("tag_accuracy", "token_nats"),
}
"""Other figures of baselines, of which each has one."""

SERIES = ("chorales", "series")
"""Sources of series without labels."""


def here():
    """What the bits of a product depend on: matrix libraries choose kernels by processor model."""
    kind = torch.backends.cpu.get_cpu_capability()
    return f"{platform.machine()} {kind} {processor()} {torch.__version__}"


def processor():
    """Vendor, family and model of the processor where Linux tells them; else its name."""
    about = Path("/proc/cpuinfo")
    if not about.exists():
        return platform.processor()
    told = dict(line.split("\t: ", 1) for line in about.read_text().splitlines() if "\t: " in line)
    fields = {key.strip(): value for key, value in told.items()}
    return " ".join(fields.get(key, "?") for key in ("vendor_id", "cpu family", "model"))


@pytest.mark.parametrize("name", cells("parameters", RECIPES))
def test_the_parameters_stay_the_same_to_the_bit(name, runs):
    taken = PARAMETERS.get(here(), {})
    if name not in taken:
        pytest.skip(f"no fingerprint of it was taken on {here()}")
    assert fingerprint(runs(name).path / "models") == taken[name]


@pytest.mark.parametrize("name", cells("results", RECIPES))
def test_a_run_ends_with_what_its_judges_and_baselines_promise(name, runs, recipes):
    run, recipe = runs(name), recipes(name)
    assert run.status["status"] == "done"
    assert len(run.results["trials"]) == recipe["repeats"]
    for trial in run.results["trials"]:
        methods = trial["methods"]
        own = methods[recipe["model"]["type"]]
        for judge in recipe["judge"]:
            assert math.isfinite(own[FIGURES[judge["type"]]])
        assert {b["type"] for b in recipe["compare"]} == set(methods) - {recipe["model"]["type"]}
    for baseline in recipe["compare"]:
        figures = methods[baseline["type"]]
        assert (SHARES | SCORES) & set(figures)
        assert all(0 <= figures[name] <= 1 for name in SHARES & set(figures))


@pytest.mark.parametrize("name", cells("metrics", RECIPES))
def test_every_stage_writes_finite_metrics(name, runs, recipes):
    stages = {}
    for row in runs(name).metrics():
        stages.setdefault(row["stage"], []).append(row)
    for stage, rows in stages.items():
        if stage != "judge" and not stage.startswith("compare"):
            assert {row["trial"] for row in rows} == set(range(recipes(name)["repeats"]))
        numbers = [v for row in rows for v in row.values() if isinstance(v, float)]
        assert numbers
        assert all(map(math.isfinite, numbers))
    assert ("fine_tune" in stages) is ("fine_tune" in recipes(name))


@pytest.mark.parametrize("name", cells("resume", RECIPES))
def test_stopped_and_resumed_it_is_the_run_that_was_never_stopped(
    name, runs, recipes, tmp_path, monkeypatch
):
    updates = 0

    def stop(place):
        nonlocal updates
        updates += 1
        if updates == 3 or place["updates"] == 1:  # within the first epoch, if it has several
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted):
        train(recipes(name), output=tmp_path, watch=stop)
    (path,) = tmp_path.glob("*/*")
    monkeypatch.setattr("harmonium.report.write_run", lambda *_, **__: None)
    resumed = train(resume=path)
    assert fingerprint(resumed.path / "models") == fingerprint(runs(name).path / "models")
    timeless = ("time/", "processor_s")
    assert [
        {k: v for k, v in row.items() if not k.startswith(timeless)} for row in resumed.metrics()
    ] == [
        {k: v for k, v in row.items() if not k.startswith(timeless)}
        for row in runs(name).metrics()
    ]


@pytest.mark.parametrize(
    "name", cells("one trial at a time", ["digits_dbn", "digits_gaussian_rbm", "mnist_drbm"])
)
def test_a_trial_is_made_when_its_turn_comes(name, recipes, tmp_path, monkeypatch):
    made, at_first = [], []
    make = planning.trial

    def counted(*args, **options):
        made.append(options["number"])
        return make(*args, **options)

    def stop(place):
        at_first.append(list(made))
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(planning, "trial", counted)
    assert recipes(name)["repeats"] == 2
    with pytest.raises(Interrupted):
        train(recipes(name), output=tmp_path, watch=stop)
    assert at_first[0] == [0]


@pytest.mark.parametrize("name", cells("undamaged rows", ["mnist_drbm", "mnist_hybrid"]))
def test_noise_that_helps_learning_does_not_damage_the_rows_of_a_judge(name, recipes, tmp_path):
    from harmonium.apply import Trained
    from harmonium.likelihood import density

    recipe = {**recipes(name), "repeats": 1, "judge": [{"type": "likelihood", "betas": 10}]}
    run = train(recipe, output=tmp_path)
    used = Trained(run)
    rows = {"test": used.all(used.dataset().test)}
    expected = density(used.machine, rows)["rows"]["test"]["exact"]
    found = run.results["trials"][0]["methods"]["classification_rbm"]["log_likelihood"]
    assert found == pytest.approx(expected, abs=1e-6)


def type_of(component):
    """Type of a component that is a mapping or a bare name."""
    return component["type"] if isinstance(component, dict) else component


UNLIKE = (
    *("map_errors", "modes", "next_token", "parzen", "perplexity", "play", "sentiment"),
    *("captions", "horizon", "tagging", "transduction", "true_captions"),
)
"""Judges of a single kind of model."""


def refusal(judge, recipe):
    """What is said where a recipe's model does not suit a judge; else nothing."""
    of = of_series if recipe["model"]["type"] in OF_SERIES else of_rows
    if judge == "psnr":  # of the same reconstructions
        return refusal("reconstruction", recipe).replace("reconstruction", judge, 1)
    if judge == "inpainting" and pictured(recipe) and not refusal("reconstruction", recipe):
        return ""
    if judge == "detection":
        sliding = recipe["model"]["type"] == "sliding_window"
        return "" if sliding else r"judge detection: (no model .* finds objects|.* no boxes)"
    if judge == "outcome":
        value = recipe["model"]["type"] == "go_value"
        return "" if value else r"judge outcome: (no model .* real values|.* with an outcome)"
    if judge == "factors":
        return unposed(recipe)
    if judge == "inpainting":
        return r"judge inpainting: (no model .* reconstructs|.* are no pictures|.* no \w+ rows)"
    return of(judge, recipe)


def unposed(recipe):
    """What is said where no pictures are encoded; else nothing."""
    hidden = unsearched("factors", {**recipe, "data": {"source": "digits"}})
    if hidden or not pictured(recipe):
        return r"judge factors: (no model .* has hidden layers|.* are no pictures|.* no \w+ rows)"
    return ""


def pictured(recipe):
    """Whether rows are pictures: principal components of pictures are none."""
    data = recipe["data"]
    whitened = any(type_of(part) == "whiten" for part in data.get("transforms", ()))
    return type_of(data["source"]) not in NO_PICTURES and not whitened


NO_PICTURES = (
    *("arrays", "characters", "chorale_notes", "chorales", "copies", "curve", "dates", "diabetes"),
    *("environment", "fasta", "gate", "go_games", "pairs", "potts_alignment", "ring", "series"),
    *("table", "tagged", "text", "trees", "vowels", "windows", "words"),
)
"""Sources of rows that are no pictures."""


def of_rows(judge, recipe):
    """What models of other data are told by a judge; else nothing."""
    if type_of(recipe["data"]["source"]) == "environment" and judge != "play":
        return rf"judge {judge}: "
    if judge in UNLIKE:
        return unlike(judge, recipe)
    if judge in ("forecast", "frames") or type_of(recipe["data"]["source"]) in SERIES:
        return unsuited(judge, recipe)
    if judge == "accuracy" and not classifies(recipe):
        return r"judge.*accuracy.*(net|class|labelled test rows)"
    drawn = recipe["model"].get("code") in ("gaussian", {"type": "gaussian"})
    if judge == "bound" and not drawn and recipe["model"]["type"] != "sigmoid_belief_net":
        return r"judge bound: no model .* has a lower bound on the likelihood"
    texts = recipe["model"]["type"] in TEXTS
    if judge == "likelihood" and ("words" in recipe["model"] or texts or is_net(recipe)):
        return r"judge likelihood: no model .* has a likelihood"
    codec = recipe["model"]["type"] == "codec"
    values = "values" in (
        recipe["model"].get("outputs"),
        recipe["model"].get("net", {}).get("outputs"),
    )
    if judge == "error" and (codec or not values):
        return r"judge error: .* no real targets"
    if judge == "reconstruction" and recipe["model"]["type"] in (
        "adversaries",
        "deep",
        "elementary_perceptron",
        "embedding",
        "extreme_learning",
        "go_policy",
        "go_value",
        "linear_memory",
        "log_bilinear",
        "mlp",
        "neocognitron",
        "net",
        "neural_turing_machine",
        "perceptron",
        "radial_basis",
        "sliding_window",
        *TEXTS,
        "joint_embedding",
        "tagger",
        "transducer",
        *TREE_NETS,
    ):
        return r"judge reconstruction: no model .* reconstructs"
    if judge in ("linear_svm", "look_up", "neighbours", "retrieval"):
        return unsearched(judge, recipe)
    special = {
        "robustness": unmoved,
        "contacts": siteless,
        "cross_modal": no_joint_space,
        "modalities": one_kind,
        "swapped_words": no_joint_space,
    }
    return special[judge](recipe) if judge in special else ""


def undrawn(judge, recipe):
    """What is said where a model draws no rows, or rows have no classes; else nothing."""
    if not draws(recipe):
        return (
            rf"judge {judge}: (no model .* draws samples|.* no (classes|labelled training rows))"
        )
    unlabelled = ("arrays", "patches", "potts_alignment")
    if judge == "modes" and type_of(recipe["data"]["source"]) in unlabelled:
        return r"judge modes: .* has no (labelled training rows|classes)"
    return ""


def siteless(recipe):
    """What is said where there are no couplings between sites; else nothing."""
    if type_of(recipe["data"]["source"]) == "potts_alignment":
        return ""
    return r"judge contacts: (no model .* is a single energy graph|couplings between sites)"


def one_kind(recipe):
    """What is said where rows hold one kind of data; else nothing."""
    if recipe["model"]["type"] == "multimodal_dbm":
        return ""
    return r"judge modalities: (no model .* infers missing values|.* hold one kind of data)"


def no_joint_space(recipe):
    """What is said where parts of a row have no space in common; else nothing."""
    if recipe["model"]["type"] == "joint_embedding":
        return ""
    return r"judge (cross_modal|swapped_words): (no model .* into one space|.* one kind of data)"


def unsuited(judge, recipe):
    """What a series without labels is told by a judge, and other rows by that of series."""
    if type_of(recipe["data"]["source"]) not in SERIES:
        what = {
            "forecast": "predicts the next frame of a series",
            "frames": "has a likelihood of the frames of a series",
        }
        return rf"judge {judge}: no model .* {what[judge]}"
    if judge in ("accuracy", "linear_svm", "look_up", "neighbours", "retrieval", "robustness"):
        return rf"judge {judge}: "
    whys = {
        "bound": "has a lower bound",
        "contacts": "single energy graph|couplings between sites",
        "cross_modal": "into one space|one kind of data",
        "modalities": "infers missing values|one kind of data",
        "swapped_words": "into one space|one kind of data",
        "error": "has no real targets|has no labels|has no classes",
        "likelihood": "has a likelihood",
        "reconstruction": "reconstructs",
    }
    return rf"judge {judge}: .*({whys[judge]})" if judge in whys else ""


def of_series(judge, recipe):
    """What nets over series are told by a judge; else nothing."""
    suited = ["error"] if predicts(recipe) else ["accuracy", "linear_svm"]
    suited += ["horizon"] * (recipe["model"]["type"] == "forecast")
    if judge in suited:
        return ""
    if not predicts(recipe) and judge in ("look_up", "neighbours", "retrieval"):
        return ""
    return rf"judge {judge}: (no model|.* (has no|are no|are not|one kind)|couplings)"


def unlike(judge, recipe):
    """What is said where a judge of one kind of model meets another; else nothing."""
    if judge == "horizon":
        return r"judge horizon: .*(frames with intervals|has no real targets|are no windows)"
    if judge in ("modes", "parzen"):
        return undrawn(judge, recipe)
    if judge == "map_errors" and recipe["model"]["type"] != "kohonen":
        return r"judge map_errors: no model .* lays rows out on a map"
    if judge in ("captions", "play", "true_captions"):
        return unplayed(recipe) if judge == "play" else uncaptioned(judge, recipe)
    if judge == "next_token" and recipe["model"]["type"] not in TEXTS:
        return r"judge next_token: no model .* predicts the next symbol of a text"
    if judge == "sentiment" and recipe["model"]["type"] not in TREE_NETS:
        return r"judge sentiment: (no model .* every node of a tree|.*labelled test|.*no classes)"
    if judge == "tagging" and recipe["model"]["type"] != "tagger":
        return r"judge tagging: (no model .* tags the words|.*no sequences to write)"
    tagger = recipe["model"]["type"] == "tagger"
    writes = "sources" in recipe["model"] or recipe["model"]["type"] == "log_bilinear"
    if judge == "transduction" and (tagger or not writes):
        return r"judge transduction: (no model .* writes a sequence|.*no sequences to write)"
    documents = "words" in recipe["model"] and recipe["model"]["type"] not in TREE_NETS
    if judge == "perplexity" and not documents:
        return r"judge perplexity: (no model .* is a model of documents|.* not counts of words)"
    return ""


def unplayed(recipe):
    """What is said where nothing is played; else nothing."""
    if recipe["model"]["type"] == "action_values":
        return ""
    return r"judge play: (no model .* chooses actions|.* not of play in a world)"


def uncaptioned(judge, recipe):
    """What is said where a model writes no captions; else nothing."""
    if recipe["model"]["type"] == "log_bilinear":
        return ""
    why = "no model .* writes captions of pictures|.*no sequences to write|.*it is not known"
    return rf"judge {judge}: ({why})"


UNLABELLED = (
    *("arrays", "characters", "chorale_notes", "copies", "dates", "patches"),
    *("cluttered_scenes", "potts_alignment", "scenes", "tagged"),
)
"""Other sources without labels."""


def unsearched(judge, recipe):
    """What is said where nothing can be searched by codes and labels; else nothing."""
    if type_of(recipe["data"]["source"]) in UNLABELLED:
        return rf"judge {judge}: \w+ has no labelled"
    if recipe["model"]["type"] in ("adversaries", "linear_memory", "perceptron", "sliding_window"):
        return rf"judge {judge}: no model .* has hidden layers"
    outputs = "values" * (recipe["model"]["type"] == "go_value")
    if recipe["model"].get("outputs", outputs) == "values" and recipe["model"]["type"] in (
        "go_value",
        "mlp",
    ):
        return rf"judge {judge}: .* has no classes"
    return ""


def unmoved(recipe):
    """What is said where no pictures are classified; else nothing."""
    value = recipe["model"]["type"] == "go_value"
    if not value and type_of(recipe["data"]["source"]) in ("gate", "go_games", "ring", "trees"):
        return r"judge robustness: .* are no pictures"
    if not classifies(recipe):
        return (
            r"judge robustness: (no model .* finds the class|.*(no pictures|no classes|no label))"
        )
    return ""


def judged_by(judges, recipe):
    small = {
        "bound": {"samples": 3},
        "frames": {"series": 2, "betas": 5, "chains": 2, "sweeps": 2},
        "likelihood": {"betas": 10, "chains": 5, "reverse_sweeps": 5},
        "modes": {"samples": 20, "updates": 5},
        "parzen": {"samples": 50, "widths": 3},
        "swapped_words": {"contexts": 1, "rows": 300},
    }
    judges = [{"type": judge, **small.get(judge, {})} for judge in judges]
    return {**recipe, "repeats": 1, "compare": [], "judge": judges}


@pytest.fixture(scope="session")
def figures(recipes, tmp_path_factory):
    """Name -> what all judges that suit its model say of one model, learned once."""
    found = {}

    def judge(name):
        if name not in found:
            recipe = recipes(name)
            suited = [judge for judge in FIGURES if not refusal(judge, recipe)]
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("harmonium.report.write_run", lambda *_, **__: None)
                run = train(judged_by(suited, recipe), output=tmp_path_factory.mktemp("judged"))
            (found[name],) = run.results["trials"][0]["methods"].values()
        return found[name]

    return judge


@pytest.mark.parametrize("judge", [*FIGURES])
@pytest.mark.parametrize("name", cells("judges", RECIPES))
def test_every_judge_gives_a_figure_or_says_why_not(name, judge, recipes, figures, tmp_path):
    if why := refusal(judge, recipes(name)):
        with pytest.raises(ValueError, match=why):
            train(judged_by([judge], recipes(name)), output=tmp_path)
        return
    assert math.isfinite(figures(name)[FIGURES[judge]])
