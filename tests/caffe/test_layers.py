"""Single layers."""

import pytest

from harmonium.caffe.layers import SUPPORTED, turn
from harmonium.caffe.text import parse_text
from harmonium.errors import DataError


def turned(kind, settings=""):
    layer = parse_text(f'name: "a" {settings}', "net")
    return turn(layer, kind)


@pytest.mark.parametrize(
    ("kind", "settings", "made"),
    [
        ("ReLU", "", {"type": "relu"}),
        ("ELU", "elu_param { alpha: 2 }", {"type": "elu", "alpha": 2}),
        ("Eltwise", "", {"type": "add"}),
        ("Eltwise", "eltwise_param { operation: PROD }", {"type": "multiply"}),
        ("Eltwise", "eltwise_param { operation: 1 coeff: 1 coeff: 1 }", {"type": "add"}),
        ("Concat", "concat_param { axis: 2 }", {"type": "concat", "dim": 2}),
        (
            "Pooling",
            "pooling_param { pool: AVE global_pooling: true }",
            {"type": "adaptive_avg_pool2d", "output_size": 1},
        ),
        (
            "Pooling",
            "pooling_param { kernel_size: 2 stride: 2 round_mode: FLOOR }",
            {"type": "max_pool2d", "kernel_size": 2, "stride": 2},
        ),
        ("Flatten", "", {"type": "flatten"}),
        ("Power", "", {"type": "identity"}),
    ],
)
def test_settings_are_translated(kind, settings, made):
    assert turned(kind, settings).layers == [made]


def test_frozen_layers_and_rates():
    many = "inner_product_param { num_output: 2 } param { lr_mult: %s } param { lr_mult: %s }"
    assert turned("InnerProduct", many % (0, 0)).layers[-1]["frozen"] is True
    assert turned("InnerProduct", many % (10, 20)).layers[-1]["rate"] == 10


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("Slice", "", "not supported; there are Accuracy, ArgMax"),
        ("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 }", "take MAX or AVE"),
        ("LRN", "lrn_param { norm_region: WITHIN_CHANNEL }", "ACROSS_CHANNELS"),
        ("LRN", "lrn_param { local_size: 4 }", "an odd number"),
        ("Eltwise", "eltwise_param { operation: MAX }", "SUM or PROD"),
        ("Eltwise", "eltwise_param { coeff: 1 coeff: -1 }", "without coefficients"),
        ("Power", "power_param { scale: 2 }", "changes nothing"),
        ("Convolution", "convolution_param { num_output: 1 }", "kernel_size is missing"),
        (
            "Convolution",
            "convolution_param { num_output: 1 kernel_size: 1 kernel_h: 1 }",
            "not both",
        ),
        (
            "Convolution",
            'convolution_param { num_output: 1 kernel_size: 1 weight_filler { type: "odd" } }',
            "filler 'odd'",
        ),
    ],
)
def test_what_is_not_supported_is_named(kind, settings, message):
    with pytest.raises(DataError, match=message):
        turned(kind, settings)


def test_supported_types_are_listed_once():
    assert len({*SUPPORTED}) == len(SUPPORTED)
