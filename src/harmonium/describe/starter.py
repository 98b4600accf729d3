"""Writes a commented recipe for the user's own data."""

import math
import shlex
from collections.abc import Collection

from harmonium.catalogue.find import nearest
from harmonium.errors import UsageError
from harmonium.printable import printable

__all__ = ["DATA", "MODELS", "starter"]

_HEAD = """\
# harmonium train {file}
# {title}
# Change what you like: `harmonium validate` checks it, `harmonium schema` makes editors help.
version: 1
seed: 0                       # all random numbers follow from it; null draws one
"""

_IMAGES = """\
data:
  source:
    type: image_folder        # images/cat/1.png, images/dog/7.png: folders are the classes
    path: images              # relative to this file
    size: [28, 28]            # height and width of every picture; grey pixels in [0, 1]
    test: 0.2                 # a share of the pictures is held out to test on
  validation: 0.1             # a share of the rest is set aside to watch the learning
{labels}"""

_ARRAYS = """\
data:
  source:
    type: arrays              # .npy, .npz, a folder of .npy, or HDF5
    train: train.npz          # arrays x (rows) and y (labels, if any), relative to this file
    test: null                # another file; null looks for x_test and y_test in the first one
{predicted}\
{transforms}\
  validation: 0.1             # a share of the rows is set aside to watch the learning
{labels}"""

_TABLE = """\
data:
  source:
    type: table               # .csv, .tsv or Parquet, one row per line
    train: train.csv          # relative to this file
    test: test.csv            # with the same columns
{predicted}\
    id: null                  # the column that names the rows; it is no feature
{transforms}\
  validation: 0.1             # a share of the rows is set aside to watch the learning
{labels}"""

_DIGITS = """\
data:
  source: digits              # 1297 training and 500 test images of 8 x 8, with scikit-learn
  validation: 0.1             # a share of the rows is set aside to watch the learning
{labels}"""

_LABEL = """\
    label: {label:19}# the column with the classes; null if there is none
"""
_TARGETS = {
    "arrays": """\
    target: true              # y holds real numbers, not classes
""",
    "table": """\
    target: y                 # the column of real numbers to predict; [y, z] for several
""",
}
"""Kind of data with real targets -> the setting that names them."""

_SCALED = """\
  transforms:
    - scale                   # each value to [0, 1]; {type: scale, divide: 255} for 8-bit pixels
"""
_STANDARDISED = """\
  transforms:
    - standardise             # each value to mean 0 and standard deviation 1
"""

_RBM = """\
model:
  type: rbm
  visible: {visible}          # the number of values of a row
  hidden: 128
train:
  type: energy
  epochs: 50
  batch_size: 50
  contrast: {{type: pcd, steps: 1, chains: 100}}
  optimiser: {{type: sgd, lr: {rate}}}
  schedules: [linear_decay]   # the rate falls to zero
  centring: 0.01
"""

_NET = """\
model:
  type: belief_net
  # the number of values of a row, then the hidden layers
  units: [{visible}, 256, 256]
pretrain:                     # on all rows, with or without labels
  type: greedy
  epochs: 50
  batch_size: 50
  contrast: {{type: cd, steps: 1, reconstruct: mean}}
  optimiser: {{type: sgd, lr: {rate}, momentum: 0.5}}
  schedules: [linear_decay, {{type: momentum, to: 0.9, after: 10}}]
  penalties: [{{type: l2, strength: 2e-4}}]
"""

_MLP = """\
model:
  type: mlp
  # the number of values of a row, then hidden layers, then the number of classes
  units: [{visible}, 100, {classes}]
  activation: relu
train:                        # on the labelled rows
  type: supervised
  objective: cross_entropy
  epochs: 60
  batch_size: 50
  optimiser: {{type: adamw, lr: 3e-3, weight_decay: 1e-2}}
  schedules: [linear_decay]   # the rate falls to zero
judge: [accuracy]             # on the test rows
compare: [logistic_regression]
"""

_CONVNET = """\
model:
  type: net                   # described by its layers; harmonium summary shows their sizes
  shape: [1, {side}, {side}]          # channels, rows, columns of a picture, as in the data
  layers:
    - {{type: conv2d, name: conv1, out_channels: 16, kernel_size: 3, padding: 1}}
    - relu
    - {{type: max_pool2d, kernel_size: 2}}
    - {{type: conv2d, name: conv2, out_channels: 32, kernel_size: 3, padding: 1}}
    - relu
    - {{type: max_pool2d, kernel_size: 2}}
    - flatten
    - {{type: linear, name: fc, out_features: {classes}}} # as many as there are classes
train:                        # on the labelled rows
  type: supervised
  objective: cross_entropy
  epochs: 30
  batch_size: 50
  optimiser: {{type: adamw, lr: 3e-3, weight_decay: 1e-2}}
  schedules: [cosine]         # the rate falls along half a cosine
  noise: null                 # {{type: affine, shift: 2, rotation: 8}} changes every batch anew
judge: [accuracy]             # on the test rows; add robustness for shifted and turned pictures
compare: [logistic_regression]
"""

_REGRESSOR = """\
model:
  type: mlp
  # the number of values of a row, then hidden layers, then the number of targets
  units: [{visible}, 32, 1]
  activation: tanh
  outputs: values
train:
  type: supervised
  objective: squared_error
  epochs: 60
  batch_size: 20
  optimiser: {{type: adamw, lr: 3e-3, weight_decay: 1e-2}}
  schedules: [linear_decay]   # the rate falls to zero
judge: [error]                # root mean square error and R2 on the test rows
"""

_CLASSIFY = """\
fine_tune:                    # on the labelled rows; leave it out if there are none
  type: classify
  epochs: 100
  batch_size: 50
  optimiser: {type: adamw, lr: 1e-3, weight_decay: 0}
  schedules: [linear_decay]
judge: [accuracy]             # on the test rows
compare: [random_start, logistic_regression]
"""

_TAILS = {
    "belief_net": _NET + _CLASSIFY.replace("{", "{{").replace("}", "}}"),
    "convnet": _CONVNET,
    "mlp": _MLP,
    "rbm": _RBM,
    "regressor": _REGRESSOR,
}
"""Model -> its part of the recipe, with the stages of learning."""

_ALL_LABELS = """\
  labels: null                # {per_class: 10} lets only so many training labels be seen
"""

MODELS = {
    "belief_net": "a deep belief net, which learns from unlabelled rows too",
    "convnet": "a convolutional net that learns classes of pictures",
    "mlp": "a multilayer perceptron that learns classes",
    "rbm": "a restricted Boltzmann machine for features and samples",
    "regressor": "a multilayer perceptron that predicts real targets",
}
"""Models that ``starter`` offers, with a description."""

DATA = {
    "arrays": ("Your arrays", _ARRAYS, 784),
    "digits": ("The digits of scikit-learn", _DIGITS, 64),
    "image_folder": ("Your own pictures in folders", _IMAGES, 784),
    "table": ("Your table", _TABLE, 10),
}
"""Kind of data -> title, part of the recipe, and number of values of a row."""


def starter(*, model: str = "belief_net", data: str = "image_folder", file: str = "") -> str:
    """Returns the text of a recipe, with comments.

    Args:
        model: a key of ``MODELS``.
        data: a key of ``DATA``.
        file: the name of the file, for its first line.

    Raises:
        ValueError: there is no such model or kind of data (the message gives the nearest), or the
            data have no real targets for a regressor, or no pictures for a convolutional net.
    """
    _known(model, MODELS, what="model")
    _known(data, DATA, what="data")
    if model == "regressor" and data not in _TARGETS:
        raise UsageError(
            f"data {data!r} have no real targets, which a regressor predicts: take "
            f"{' or '.join(_TARGETS)}"
        )
    if model == "convnet" and data == "table":
        raise UsageError(
            "a table has no pictures, which a convolutional net reads: take image_folder, arrays "
            "or digits"
        )
    title, part, width = DATA[data]
    typed = printable(shlex.quote(file or f"{model}.yaml"), lines=False)
    head = _HEAD.format(file=typed, title=f"{title}: {MODELS[model]}.")
    nets = {"mlp", "regressor"}
    body = part.format(
        labels=_ALL_LABELS if model in {"belief_net", "convnet", "mlp"} else "",
        transforms=_STANDARDISED
        if data == "table"
        else _SCALED,  # the range of a table is unknown
        predicted=_predicted(model, data),
    )
    real = data == "table" and model not in nets  # standardised, so with Gaussian units
    tail = _TAILS[model].format(
        visible=f"{{type: gaussian, shape: {width}}}" if real else width,
        rate="0.01" if real else "0.05",
        side=math.isqrt(width),
        classes=10 if data == "digits" else 2,
    )
    return head + body + tail


def _predicted(model: str, data: str) -> str:
    """The setting that names what is to be predicted."""
    if model == "regressor":
        return _TARGETS[data]
    return _LABEL.format(label="null" if model == "rbm" else "class") if data == "table" else ""


def _known(name: str, names: Collection[str], *, what: str) -> None:
    if name not in names:
        raise UsageError(f"no {what} {name!r}{nearest(name, names)}")
