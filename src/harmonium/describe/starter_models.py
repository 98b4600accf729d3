"""The model and the stages of a starting recipe, for every kind of model."""

from collections.abc import Mapping
from dataclasses import dataclass

from harmonium.describe.starter_data import Holds

__all__ = ["MODELS", "Start"]


@dataclass(frozen=True)
class Start:
    """A model that a recipe may start with.

    Args:
        about: what it is.
        parts: what a row of its data is -> its part of the recipe.
        learns: what it needs beside the rows: "classes", "targets", either if there are any, or
            nothing.
        judge: figures of test rows.
        compare: baselines.
    """

    about: str
    parts: Mapping[Holds, str]
    learns: str = ""


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

_POTTS = """\
model:
  type: rbm
  visible: {{type: categorical, shape: {shape}}} # sites and letters of the alignment
  hidden: 60
train:
  type: energy
  epochs: 40
  batch_size: 100
  contrast: {{type: pcd, steps: 2, chains: 200}}
  optimiser: {{type: sgd, lr: 2.0}} # a letter is rare: gradients are small
  schedules: [linear_decay]   # the rate falls to zero
  penalties: [{{type: l2, strength: 0.003}}]
  centring: 0.01
"""

_TOPICS = """\
model:
  type: replicated_softmax    # an RBM of counts of words
  words: {width}
  hidden: 50                  # topics
train:
  type: energy
  epochs: 20
  batch_size: 50
  contrast: {{type: cd, steps: 5}}
  optimiser: {{type: adam, lr: 3e-3}}
  centring: null
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
fine_tune:                    # on the labelled rows; leave it out if there are none
  type: classify
  epochs: 100
  batch_size: 50
  optimiser: {{type: adamw, lr: 1e-3, weight_decay: 0}}
  schedules: [linear_decay]
judge: [accuracy]             # on the test rows
compare: [random_start, logistic_regression]
"""

_MLP = """\
model:
  type: mlp
  # the number of values of a row, then hidden layers, then the number of classes
  units: [{width}, 100, {classes}]
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
  shape: {picture}          # channels, rows, columns of a picture, as in the data
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
  units: [{width}, 32, {targets}]
  activation: relu
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

_AUTOENCODER = """\
model:
  type: autoencoder
  # the number of values of a row, then a hidden layer, then the numbers of the code
  units: [{width}, 128, 16]
  code: linear
  outputs: {values:18} # what the values of a row are: probabilities are in [0, 1]
train:                        # its targets are the rows themselves
  type: reconstruction
  objective: {objective}
  epochs: 50
  batch_size: 50
  optimiser: {{type: adam, lr: 3e-3}}
  schedules: [linear_decay]
judge: [reconstruction]       # of the test rows
compare: [pca]                # the best linear code of this size
"""

_LANGUAGE = """\
model:
  type: language
  vocabulary: {symbols:<15} # different symbols of the training text
  recurrent: {{type: lstm, inputs: 64, hidden: 256}}
  dropout: 0.1
train:
  type: language
  epochs: 10
  batch_size: {streams:<15} # parallel streams of rows
  optimiser: {{type: adam, lr: 2e-3}}
  schedules: [cosine]
  clip: 1.0
judge: [next_token]           # nats, bits and perplexity of a symbol of the test text
"""

_RNTN = """\
model:
  type: rntn
  words: {symbols:<20} # different words; others share one vector
  hidden: 25                  # numbers of the vector of a word or a phrase
  classes: {classes:<18} # of a node
  longest: {longest:<18} # words of the longest tree
  dropout: 0.3
train:
  type: supervised
  objective: node_cross_entropy   # all nodes of a tree, not only its root
  epochs: 8
  batch_size: 30
  optimiser: {{type: adam, lr: 2e-3}}
  schedules: [linear_decay]
judge: [accuracy]             # of whole trees on the test rows
"""

_SERIES = """\
model:
  type: recurrent_temporal_rbm
  channels: {width}
  hidden: 60
  lags: 3                     # frames before, which a frame also depends on directly
  std: 0.1
train:
  type: series
  epochs: 100
  batch_size: 10
  optimiser: {{type: adam, lr: 3e-3}}
judge: [forecast]             # error of the next frame of test series
compare: [autoregression]
"""

MODELS: dict[str, Start] = {
    "autoencoder": Start(
        "an autoencoder, which packs rows into a few numbers",
        dict.fromkeys(("pictures", "rows", "counts"), _AUTOENCODER),
    ),
    "belief_net": Start(
        "a deep belief net, which learns from unlabelled rows too",
        dict.fromkeys(("pictures", "rows"), _NET),
        "classes",
    ),
    "convnet": Start(
        "a convolutional net that learns classes of pictures", {"pictures": _CONVNET}, "classes"
    ),
    "language": Start(
        "a recurrent net that predicts the next symbol of a text", {"tokens": _LANGUAGE}
    ),
    "mlp": Start(
        "a multilayer perceptron that learns classes",
        dict.fromkeys(("pictures", "rows"), _MLP),
        "classes",
    ),
    "rbm": Start(
        "a restricted Boltzmann machine for features and samples",
        {"pictures": _RBM, "rows": _RBM, "counts": _TOPICS, "sequences": _POTTS},
    ),
    "recurrent": Start(
        "a recurrent model of time series, which predicts the next frame", {"series": _SERIES}
    ),
    "regressor": Start(
        "a multilayer perceptron that predicts real targets",
        dict.fromkeys(("pictures", "rows"), _REGRESSOR),
        "targets",
    ),
    "rntn": Start(
        "a recursive neural tensor net, which classifies every phrase of a tree", {"trees": _RNTN}
    ),
}
"""Models that a recipe may start with."""
