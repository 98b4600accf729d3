"""Wrong recipes: (what is wrong, changes to a good file, line of the problem, words in it)."""

__all__ = ["BAD", "GOOD"]

GOOD = """\
version: 1
name: good
seed: 0
data:
  source: digits
  validation: 0.1
  labels: {per_class: 10}
model:
  type: belief_net
  units: [64, 32, 16]
  std: 0.1
pretrain:
  type: greedy
  epochs: 5
  contrast: {type: cd, steps: 1, reconstruct: mean}
  optimiser: {type: sgd, lr: 0.1}
  penalties: [{type: l2, strength: 2e-4}]
  layers: [{}, {epochs: 3}]
fine_tune:
  type: classify
  epochs: 3
  early_stopping: {monitor: val/error}
checkpoint: {every_updates: 100}
"""

BAD = [
    # name, old text, new text, line, words
    ("key", "seed: 0", "sed: 0", 3, "sed: is not a setting here; did you mean 'seed'?"),
    ("key in a section", "validation:", "valdation:", 6, "did you mean 'validation'?"),
    ("key of a component", "steps:", "step:", 15, "contrast.step: is not a setting here; did you"),
    (
        "key of a layer",
        "{epochs: 3}",
        "{epoch: 3}",
        18,
        "layers.1.epoch: is not a setting here; did",
    ),
    ("key far from any", "seed: 0", "zzz: 0", 3, "there are: version, name, seed"),
    (
        "name of a reader",
        "digits",
        "digit",
        5,
        "'digit' is not a kind of Reader; did you mean 'digits'?",
    ),
    ("name of a model", "belief_net", "dbn", 9, "'dbn' is not a kind of Model"),
    ("name of a contrast", "type: cd", "type: CD", 15, "did you mean 'cd'?"),
    (
        "name of a rule",
        "mean}",
        "average}",
        15,
        "'average' is not a kind of Rule; there are: mean",
    ),
    (
        "name of units",
        "32",
        "gaussan",
        10,
        "units.1: 'gaussan' is not a kind of Units; did you mean 'gauss",
    ),
    ("no type", "{type: sgd, lr: 0.1}", "{lr: 0.1}", 16, "has no type; add one of: adam"),
    ("type is a number", "type: sgd", "type: 3", 16, "is 3; Optimiser is needed"),
    ("component is a number", "{type: sgd, lr: 0.1}", "3", 16, "Optimiser is needed: the name"),
    ("component is a list", "{type: sgd, lr: 0.1}", "[sgd]", 16, "a list of 1; Optimiser"),
    ("text for a number", "std: 0.1", "std: wide", 11, "is 'wide' (text); a number is needed"),
    ("quoted number", "epochs: 5", "epochs: '5'", 14, "is '5' (text); a whole number is needed"),
    ("fraction of an epoch", "epochs: 5", "epochs: 5.5", 14, "is 5.5; a whole number is needed"),
    ("whole float", "epochs: 5", "epochs: 5.0", 14, "a whole number is needed: write 5"),
    ("boolean for a number", "epochs: 5", "epochs: true", 14, "is true; a whole number"),
    ("boolean for a rate", "lr: 0.1", "lr: true", 16, "is true; a number is needed"),
    (
        "number for a boolean",
        "epochs: 5",
        "epochs: 5\n  scaling: 1",
        15,
        "true or false is needed",
    ),
    ("yes", "epochs: 5", "epochs: 5\n  scaling: yes", 15, "is 'yes' (text); true or false"),
    ("number for a name", "name: good", "name: 5", 2, "is 5; text is needed (put it in quotes)"),
    ("list for a mapping", "{per_class: 10}", "[10]", 7, "a list of 1; a mapping is needed"),
    (
        "mapping for a list",
        "[{type: l2, strength: 2e-4}]",
        "{type: l2, strength: 1}",
        17,
        "a list",
    ),
    ("text for a list", "layers: [{}, {epochs: 3}]", "layers: none", 18, "a list is needed"),
    ("null where one is due", "epochs: 5", "epochs:", 14, "is null; a whole number is needed"),
    ("zero epochs", "epochs: 5", "epochs: 0", 14, "is 0; at least 1 is needed"),
    ("negative rate", "lr: 0.1", "lr: -0.1", 16, "is -0.1; at least 0.0 is needed"),
    ("negative penalty", "2e-4", "-2e-4", 17, "at least 0.0 is needed"),
    ("share above one", "validation: 0.1", "validation: 1.5", 6, "at most 1.0 is needed"),
    ("all rows set aside", "validation: 0.1", "validation: 1", 6, "some rows must be left"),
    ("infinite", "lr: 0.1", "lr: .inf", 16, "is inf; a finite number is needed"),
    ("overflow", "lr: 0.1", "lr: 1e999", 16, "is inf; a finite number is needed"),
    ("not a number", "lr: 0.1", "lr: .nan", 16, "is nan; a finite number is needed"),
    ("huge", "epochs: 5", "epochs: 99999999999", 14, "at most 2147483647 is needed"),
    (
        "huger",
        "epochs: 5",
        "epochs: 1" + "0" * 60,
        14,
        "a number of 60 digits; at most 2147483647",
    ),
    ("too many digits", "epochs: 5", "epochs: 1" + "0" * 5000, 14, "is no number"),
    ("negative seed", "seed: 0", "seed: -1", 3, "seed: is -1; at least 0 is needed"),
    ("seed and repeats", "seed: 0", "seed: 2147483647\nrepeats: 2", 3, "passes 2147483647"),
    ("no threads", "seed: 0", "threads: 0", 3, "threads: is 0; at least 1 is needed"),
    (
        "too many threads",
        "seed: 0",
        "threads: 2000000000",
        3,
        "threads: is 2000000000; at most 1024",
    ),
    ("too many repeats", "seed: 0", "repeats: 300000", 3, "repeats: is 300000; at most 10000 is"),
    ("too many kept", "every_updates: 100", "keep: 2000000000", 23, "at most 10000 is needed"),
    ("too many for good", "every_updates: 100", "log_spaced: 2000000000", 23, "at most 10000"),
    ("no units", "[64, 32, 16]", "[64, 0, 16]", 10, "units.1: is 0; at least 1 is needed"),
    ("one group", "[64, 32, 16]", "[64]", 10, "has one group; there must be visible units"),
    ("no group", "[64, 32, 16]", "[]", 10, "units: is a list of 0; list should have at least 1"),
    ("missing", "  epochs: 5\n", "", 12, "pretrain.epochs: is missing (passes over the training"),
    (
        "missing section",
        "model:\n",
        "modell:\n",
        8,
        "modell: is not a setting here; did you mean 'model'",
    ),
    ("missing in a list", "strength: 2e-4", "", 17, "penalties.0.strength: is missing"),
    (
        "literal",
        "seed: 0",
        "precision: float16",
        3,
        "did you mean 'float64'? There are: float32, f",
    ),
    (
        "literal of another kind",
        "seed: 0",
        "precision: 64",
        3,
        "is 64; needed: one of float32, float64",
    ),
    ("device", "seed: 0", "device: gpu", 3, "is 'gpu'; needed: auto, cpu, cuda, cuda:0"),
    ("name no folder has", "name: good", "name: a/b", 2, "it names a folder: use letters"),
    ("name that climbs", "name: good", "name: ..", 2, "it names a folder: use letters"),
    ("version zero", "version: 1", "version: 0", 1, "version: is 0; needed: 1"),
    ("quoted version", "version: 1", "version: '1'", 1, "is '1' (text); write 1 without quotes"),
    ("newer version", "version: 1", "version: 2", 1, "reads version 1: upgrade harmonium"),
    ("both kinds of labels", "per_class: 10", "per_class: 10, fraction: 0.5", 7, "exactly one of"),
    ("no kind of labels", "{per_class: 10}", "{}", 7, "exactly one of per_class and fraction"),
    ("no labels at all", "per_class: 10", "fraction: 0", 7, "some rows must keep their labels"),
    ("monitor", "val/error", "accuracy", 22, "is 'accuracy'; a metric is named like val/error"),
    (
        "monitor of an unknown direction",
        "val/error",
        "val/score",
        22,
        "whether less or more of it is better is not known: give mode: min or max",
    ),
    (
        "monitor of the wrong direction",
        "{monitor: val/error}",
        "{monitor: val/accuracy, mode: min}",
        22,
        "early_stopping.mode: is min, but more val/accuracy is better: leave mode out",
    ),
    (
        "best of an unknown direction",
        "{every_updates: 100}",
        "{best: val/score}",
        23,
        "whether less or more of it is better is not known: take another one",
    ),
    ("monitor of nothing", "validation: 0.1", "validation: 0", 22, "no rows are set aside"),
    (
        "best of nothing",
        "{every_updates: 100}",
        "{best: error}",
        23,
        "checkpoint.best: is 'error'",
    ),
    (
        "too many layers",
        "[{}, {epochs: 3}]",
        "[{}, {}, {}]",
        18,
        "has 3 entries, the model 2 layers",
    ),
    (
        "energy of a stack",
        "checkpoint:",
        "train: {type: energy, epochs: 1}\ncheckpoint:",
        23,
        "a stack",
    ),
    ("duplicate key", "seed: 0", "seed: 0\nseed: 1", 4, "seed: stands here and at"),
    ("duplicate deep", "steps: 1", "steps: 1, steps: 2", 15, "contrast.steps: stands here and at"),
    ("tab", "  epochs: 5", "\tepochs: 5", 14, "indent with spaces, not tabs"),
    (
        "python tag",
        "name: good",
        "name: !!python/object/apply:os.system [ls]",
        2,
        "recipes use none",
    ),
    (
        "python name",
        "name: good",
        "name: !!python/name:os.system",
        2,
        "recipes use none, delete it",
    ),
    ("custom tag", "name: good", "name: !env HOME", 2, "has the tag !env: recipes use none"),
    ("binary tag", "name: good", "name: !!binary aGVsbG8=", 2, "recipes use none, delete it"),
    ("set tag", "labels: {per_class: 10}", "labels: !!set {a}", 7, "recipes use none, delete it"),
    ("merge key", "{type: sgd, lr: 0.1}", "{<<: {lr: 1}, type: sgd}", 16, "'<<' is not text"),
    ("directive", "version: 1", "%YAML 1.1\n---\nversion: 1", 1, "is a YAML directive"),
    ("two documents", "checkpoint:", "---\ncheckpoint:", 23, "single document"),
    ("key is a number", "seed: 0", "1: 0", 3, "the key '1' is not text"),
    ("key is a list", "seed: 0", "? [a]\n: 0", 3, "is not text: name a setting"),
    ("unknown alias", "seed: 0", "seed: *none", 3, "undefined alias"),
    ("unclosed", "{every_updates: 100}", "{every_updates: 100", 24, "is not YAML"),
    ("unclosed quote", "name: good", "name: 'good", 24, "is not YAML"),
    ("indentation", "  epochs: 5", "   epochs: 5", 14, "is not YAML"),
    ("no colon", "seed: 0", "seed 0", 4, "is not YAML"),
    ("environment", "digits", "${READER}", 5, "'${READER}' is not a kind of Reader"),
    ("environment in quotes", "digits", "'$READER'", 5, "'$READER' is not a kind of Reader"),
    ("whole text", GOOD, "just words", 1, "is 'just words' (text); a recipe is a mapping"),
    ("whole list", GOOD, "[1, 2]", 1, "is a list of 2; a recipe is a mapping"),
    ("control character", "name: good", "name: go\x07od", 2, "is not YAML"),
]
