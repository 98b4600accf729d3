"""The fields of Caffe's messages that describe nets and hold their weights.

Numbers and names are those of Caffe's ``caffe.proto``
(https://github.com/BVLC/caffe/blob/master/src/caffe/proto/caffe.proto). Fields that are not listed
are skipped in binary files.
"""

__all__ = ["CHECKED", "SCHEMA", "V1_TYPES"]

_FILLER = {1: ("type", "text"), 2: ("value", "float"), 5: ("mean", "float"), 6: ("std", "float")}

_PARAMETERS_V2 = {
    **{100: "transform", 104: "concat", 106: "convolution", 108: "dropout", 110: "eltwise"},
    **{117: "inner_product", 118: "lrn", 121: "pooling", 122: "power", 123: "relu"},
    **{125: "softmax", 131: "prelu", 133: "reshape", 135: "flatten", 139: "batch_norm"},
    **{140: "elu", 141: "bias", 142: "scale", 143: "input"},
}
_PARAMETERS_V1 = {
    **{9: "concat", 10: "convolution", 12: "dropout", 17: "inner_product", 18: "lrn"},
    **{19: "pooling", 21: "power", 24: "eltwise", 30: "relu", 36: "transform", 39: "softmax"},
}


def _parameters(numbers: dict[int, str]) -> dict[int, tuple[str, str]]:
    return {number: (f"{name}_param", f"{name}_param") for number, name in numbers.items()}


SCHEMA: dict[str, dict[int, tuple[str, str]]] = {
    "net": {
        1: ("name", "text"),
        2: ("layers", "layer_v1"),
        3: ("input", "text"),
        4: ("input_dim", "int"),
        8: ("input_shape", "shape"),
        100: ("layer", "layer"),
    },
    "layer": {
        1: ("name", "text"),
        2: ("type", "text"),
        3: ("bottom", "text"),
        4: ("top", "text"),
        6: ("param", "param"),
        7: ("blobs", "blob"),
        8: ("include", "rule"),
        9: ("exclude", "rule"),
        10: ("phase", "int"),
        **_parameters(_PARAMETERS_V2),
    },
    "layer_v1": {
        1: ("layer", "layer_v0"),
        2: ("bottom", "text"),
        3: ("top", "text"),
        4: ("name", "text"),
        5: ("type", "int"),
        6: ("blobs", "blob"),
        32: ("include", "rule"),
        33: ("exclude", "rule"),
        **_parameters(_PARAMETERS_V1),
    },
    "layer_v0": {1: ("name", "text")},
    "shape": {1: ("dim", "int")},
    "blob": {
        1: ("num", "int"),
        2: ("channels", "int"),
        3: ("height", "int"),
        4: ("width", "int"),
        5: ("data", "float"),
        7: ("shape", "shape"),
        8: ("double_data", "double"),
    },
    "param": {1: ("name", "text"), 3: ("lr_mult", "float"), 4: ("decay_mult", "float")},
    "rule": {1: ("phase", "int"), 4: ("stage", "text"), 5: ("not_stage", "text")},
    "filler": _FILLER,
    "convolution_param": {
        1: ("num_output", "int"),
        2: ("bias_term", "int"),
        3: ("pad", "int"),
        4: ("kernel_size", "int"),
        5: ("group", "int"),
        6: ("stride", "int"),
        7: ("weight_filler", "filler"),
        8: ("bias_filler", "filler"),
        9: ("pad_h", "int"),
        10: ("pad_w", "int"),
        11: ("kernel_h", "int"),
        12: ("kernel_w", "int"),
        13: ("stride_h", "int"),
        14: ("stride_w", "int"),
        15: ("engine", "int"),
        16: ("axis", "int"),
        18: ("dilation", "int"),
    },
    "inner_product_param": {
        1: ("num_output", "int"),
        2: ("bias_term", "int"),
        3: ("weight_filler", "filler"),
        4: ("bias_filler", "filler"),
        5: ("axis", "int"),
        6: ("transpose", "int"),
    },
    "pooling_param": {
        1: ("pool", "int"),
        2: ("kernel_size", "int"),
        3: ("stride", "int"),
        4: ("pad", "int"),
        5: ("kernel_h", "int"),
        6: ("kernel_w", "int"),
        7: ("stride_h", "int"),
        8: ("stride_w", "int"),
        9: ("pad_h", "int"),
        10: ("pad_w", "int"),
        11: ("engine", "int"),
        12: ("global_pooling", "int"),
        13: ("round_mode", "int"),
    },
    "lrn_param": {
        1: ("local_size", "int"),
        2: ("alpha", "float"),
        3: ("beta", "float"),
        4: ("norm_region", "int"),
        5: ("k", "float"),
        6: ("engine", "int"),
    },
    "dropout_param": {1: ("dropout_ratio", "float")},
    "concat_param": {1: ("concat_dim", "int"), 2: ("axis", "int")},
    "eltwise_param": {
        1: ("operation", "int"),
        2: ("coeff", "float"),
        3: ("stable_prod_grad", "int"),
    },
    "relu_param": {1: ("negative_slope", "float"), 2: ("engine", "int")},
    "prelu_param": {1: ("filler", "filler"), 2: ("channel_shared", "int")},
    "elu_param": {1: ("alpha", "float")},
    "softmax_param": {1: ("engine", "int"), 2: ("axis", "int")},
    "flatten_param": {1: ("axis", "int"), 2: ("end_axis", "int")},
    "power_param": {1: ("power", "float"), 2: ("scale", "float"), 3: ("shift", "float")},
    "batch_norm_param": {
        1: ("use_global_stats", "int"),
        2: ("moving_average_fraction", "float"),
        3: ("eps", "float"),
    },
    "scale_param": {
        1: ("axis", "int"),
        2: ("num_axes", "int"),
        3: ("filler", "filler"),
        4: ("bias_term", "int"),
        5: ("bias_filler", "filler"),
    },
    "bias_param": {1: ("axis", "int"), 2: ("num_axes", "int"), 3: ("filler", "filler")},
    "reshape_param": {1: ("shape", "shape"), 2: ("axis", "int"), 3: ("num_axes", "int")},
    "input_param": {1: ("shape", "shape")},
    "transform_param": {
        1: ("scale", "float"),
        2: ("mirror", "int"),
        3: ("crop_size", "int"),
        4: ("mean_file", "text"),
        5: ("mean_value", "float"),
        6: ("force_color", "int"),
        7: ("force_gray", "int"),
    },
}
"""Message -> number of a field -> its name and kind: a kind of number, text, or a message."""

CHECKED = tuple(name for name in SCHEMA if name.endswith("_param"))
"""Messages of settings, whose field names are checked in text files."""

V1_TYPES = {
    **{1: "Accuracy", 2: "BNLL", 3: "Concat", 4: "Convolution", 5: "Data", 6: "Dropout"},
    **{7: "EuclideanLoss", 8: "Flatten", 9: "HDF5Data", 10: "HDF5Output", 11: "Im2col"},
    **{12: "ImageData", 13: "InfogainLoss", 14: "InnerProduct", 15: "LRN"},
    **{16: "MultinomialLogisticLoss", 17: "Pooling", 18: "ReLU", 19: "Sigmoid", 20: "Softmax"},
    **{21: "SoftmaxWithLoss", 22: "Split", 23: "TanH", 24: "WindowData", 25: "Eltwise"},
    **{26: "Power", 27: "SigmoidCrossEntropyLoss", 28: "HingeLoss", 29: "MemoryData"},
    **{30: "ArgMax", 31: "Threshold", 32: "DummyData", 33: "Slice", 34: "MVN", 35: "AbsVal"},
    **{36: "Silence", 37: "ContrastiveLoss", 38: "Exp", 39: "Deconvolution"},
}
"""Number of a layer's type in the older form, V1 -> the type's name in V2."""
