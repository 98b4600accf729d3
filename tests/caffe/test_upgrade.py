"""The older form of layers, and rules of phases."""

import pytest

from harmonium.caffe.text import parse_text
from harmonium.caffe.upgrade import rules_allow, upgraded
from harmonium.errors import DataError


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CONVOLUTION", "Convolution"),
        ("INNER_PRODUCT", "InnerProduct"),
        ("LRN", "LRN"),
        ("SOFTMAX_LOSS", "SoftmaxWithLoss"),
        ("TANH", "TanH"),
        ("HDF5_DATA", "HDF5Data"),
        ("EUCLIDEAN_LOSS", "EuclideanLoss"),
        (17, "Pooling"),
    ],
)
def test_types_get_their_present_names(old, new):
    (layer,) = upgraded(parse_text(f"layers {{ type: {old} }}"))
    assert layer.text("type") == new


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("layers { type: CONV }", "has the type 'CONV', which V1 has not"),
        ("layers { name: 'a' }", "has the type None"),
        ("layers { layer { name: 'a' } }", "form V0"),
        ("layer { name: 'a' }", "layer 'a' has no type"),
    ],
)
def test_unknown_types_are_refused(text, message):
    with pytest.raises(DataError, match=message):
        upgraded(parse_text(text))


@pytest.mark.parametrize(
    ("rules", "train", "test"),
    [
        ("", True, True),
        ("include { phase: TRAIN }", True, False),
        ("exclude { phase: TRAIN }", False, True),
        ("include { stage: 'deploy' }", False, False),
        ("include { phase: TEST not_stage: 'a' }", False, True),
    ],
)
def test_rules(rules, train, test):
    layer = parse_text(rules)
    assert (rules_allow(layer, "TRAIN"), rules_allow(layer, "TEST")) == (train, test)
