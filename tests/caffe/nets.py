"""Small descriptions of nets of Caffe, and weights for them."""

from pathlib import Path

import numpy as np

from harmonium.caffe import Imported, write_caffemodel

WHOLE = """
name: "Whole"
layer { name: "data" type: "Input" top: "data"
  input_param { shape: { dim: 1 dim: 4 dim: 11 dim: 9 } } }
layer {
  name: "conv/1" type: "Convolution" bottom: "data" top: "conv/1"
  param { lr_mult: 1 } param { lr_mult: 2 }
  convolution_param { num_output: 6 kernel_h: 3 kernel_w: 5 pad: 1 stride: 2 group: 2
    weight_filler { type: "xavier" } bias_filler { type: "constant" value: 0.1 } }
}
layer { name: "relu" type: "ReLU" bottom: "conv/1" top: "conv/1"
  relu_param { negative_slope: 0.1 } }
layer { name: "norm" type: "LRN" bottom: "conv/1" top: "norm"
  lrn_param { local_size: 3 alpha: 0.5 } }
layer { name: "max" type: "Pooling" bottom: "norm" top: "max"
  pooling_param { pool: MAX kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "mean" type: "Pooling" bottom: "norm" top: "mean"
  pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "pick" type: "Convolution" bottom: "mean" top: "pick"
  convolution_param { num_output: 6 kernel_size: 1 bias_term: false
    weight_filler { type: "msra" } } }
layer { name: "sum" type: "Eltwise" bottom: "max" bottom: "pick" top: "sum" }
layer { name: "both" type: "Concat" bottom: "sum" bottom: "max" top: "both" }
layer { name: "tanh" type: "TanH" bottom: "both" top: "both" }
layer { name: "bn" type: "BatchNorm" bottom: "both" top: "bn" }
layer { name: "scale" type: "Scale" bottom: "bn" top: "bn" scale_param { bias_term: true } }
layer { name: "fc1" type: "InnerProduct" bottom: "bn" top: "fc1"
  inner_product_param { num_output: 8 weight_filler { type: "gaussian" std: 0.1 } } }
layer { name: "sigmoid" type: "Sigmoid" bottom: "fc1" top: "fc1" }
layer { name: "drop" type: "Dropout" bottom: "fc1" top: "fc1"
  dropout_param { dropout_ratio: 0.4 } }
layer { name: "fc2" type: "InnerProduct" bottom: "fc1" top: "fc2"
  inner_product_param { num_output: 3 weight_filler { type: "uniform" min: -1 max: 1 } } }
layer { name: "prob" type: "Softmax" bottom: "fc2" top: "prob" }
"""
"""Every kind of layer that OpenCV reads in the same way."""

OLD = """
name: "Old"  input: "data"  input_dim: 2  input_dim: 1  input_dim: 6  input_dim: 6
layers { name: "conv" type: CONVOLUTION bottom: "data" top: "conv" blobs_lr: 1 blobs_lr: 2
  convolution_param { num_output: 2 kernel_size: 3 } }
layers { name: "relu" type: RELU bottom: "conv" top: "conv" }
layers { name: "pool" type: POOLING bottom: "conv" top: "pool"
  pooling_param { kernel_size: 3 stride: 2 } }
layers { name: "ip" type: INNER_PRODUCT bottom: "pool" top: "ip"
  inner_product_param { num_output: 3 } }
layers { name: "prob" type: SOFTMAX bottom: "ip" top: "prob" }
"""
"""A description in the older form, V1."""

TINY = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 1 dim: 4 dim: 4 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 1 kernel_size: 3 } }
layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
  inner_product_param { num_output: 2 } }
"""


def blobs_of(found: Imported, seed: int = 0) -> dict[str, tuple[str, list[np.ndarray]]]:
    """Random weights for every layer that has some."""
    draw = np.random.default_rng(seed)
    made = {}
    for name, module in found.names.items():
        kind, own = found.types[name], found.net.get_submodule(module)
        if kind == "BatchNorm":
            n = own.num_features
            made[name] = (kind, [draw.normal(size=n), draw.uniform(1, 3, n), np.full(1, 2.0)])
        else:
            shapes = [tuple(p.shape) for p in (own.weight, own.bias) if p is not None]
            made[name] = (kind, [0.4 * draw.normal(size=shape) for shape in shapes])
    return made


def written(text: str, folder: Path, name: str = "net.prototxt") -> Path:
    """The file of a description."""
    path = folder / name
    path.write_text(text)
    return path


def with_weights(found: Imported, folder: Path, version: int = 2) -> Path:
    """A file of random weights."""
    return write_caffemodel(folder / "net.caffemodel", blobs_of(found), version=version)
