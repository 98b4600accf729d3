"""The table of fields."""

from harmonium.caffe.schema import SCHEMA, V1_TYPES


def test_kinds_are_known_and_names_are_used_once():
    for message, fields in SCHEMA.items():
        names = [name for name, _ in fields.values()]
        assert len({*names}) == len(names), message
        assert {kind for _, kind in fields.values()} <= {*SCHEMA, "int", "float", "double", "text"}


def test_settings_of_both_forms_are_the_same_messages():
    for form in ("layer", "layer_v1"):
        parameters = {name for name, _ in SCHEMA[form].values() if name.endswith("_param")}
        assert {"convolution_param", "pooling_param", "inner_product_param"} <= parameters
    assert len({*V1_TYPES.values()}) == 39
