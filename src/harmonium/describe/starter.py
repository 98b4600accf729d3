"""Writes a commented recipe for the user's own data."""

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
{transforms}  validation: 0.1             # a share of the rows is set aside to watch the learning
{labels}"""

_TABLE = """\
data:
  source:
    type: table               # .csv, .tsv or Parquet, one row per line
    train: train.csv          # relative to this file
    test: test.csv            # with the same columns
    label: {label:19}# the column with the classes; null if there is none
{transforms}  validation: 0.1             # a share of the rows is set aside to watch the learning
{labels}"""

_DIGITS = """\
data:
  source: digits              # 1297 training and 500 test images of 8 x 8, with scikit-learn
  validation: 0.1             # a share of the rows is set aside to watch the learning
{labels}"""

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

_ALL_LABELS = """\
  labels: null                # {per_class: 10} lets only so many training labels be seen
"""

MODELS = {
    "belief_net": "a deep belief net, which learns from unlabelled rows too",
    "rbm": "a restricted Boltzmann machine for features and samples",
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
        ValueError: there is no such model or kind of data; the message gives the nearest.
    """
    _known(model, MODELS, what="model")
    _known(data, DATA, what="data")
    title, part, width = DATA[data]
    real = data == "table"  # range unknown: standardised, with Gaussian units
    visible = f"{{type: gaussian, shape: {width}}}" if real else str(width)
    labelled = _ALL_LABELS if model == "belief_net" else ""
    typed = printable(shlex.quote(file or f"{model}.yaml"), lines=False)
    head = _HEAD.format(file=typed, title=f"{title}: {MODELS[model]}.")
    transforms = _STANDARDISED if real else _SCALED
    label = "class" if labelled else "null"
    body = part.format(labels=labelled, transforms=transforms, label=label)
    tail = (_NET if labelled else _RBM).format(visible=visible, rate="0.01" if real else "0.05")
    return head + body + tail + (_CLASSIFY if labelled else "")


def _known(name: str, names: Collection[str], *, what: str) -> None:
    if name not in names:
        raise UsageError(f"no {what} {name!r}{nearest(name, names)}")
