"""Models and the schema made of them."""

import pytest

from harmonium.describe import schema
from harmonium.describe.models import model
from harmonium.registry import KINDS, ROOT

HERE = "tests.describe.sources"


def test_a_parameter_named_type_is_refused():
    with pytest.raises(TypeError, match="uses the word type itself"):
        model(f"{HERE}:named_type", "Rule", name="x")


def test_a_required_value_that_no_recipe_can_give_is_refused():
    with pytest.raises(TypeError, match="needs_tensor, parameter a: no recipe can give"):
        model(f"{HERE}:needs_tensor")


def test_an_unknown_annotation_names_constructor_and_parameter():
    with pytest.raises(TypeError, match="unknown, parameter a: .*Fraction"):
        model(f"{HERE}:unknown")


def test_units_given_as_a_star_are_a_list_or_one():
    made = model(KINDS["Units"]["gaussian"], "Units", name="gaussian")
    assert made.model_validate({"type": "gaussian", "shape": 3}).shape == [3]
    assert made.variadic_ == "shape"


def test_torchs_optimisers_are_read_from_torchs_files():
    made = model(KINDS["Optimiser"]["adamw"], "Optimiser", name="adamw")
    fields = {name: field.default for name, field in made.model_fields.items()}
    assert fields["betas"] == (0.9, 0.999)
    assert fields["weight_decay"] == 1e-2
    assert "maximize" not in fields
    assert made.awaited_ == ("params",)


# --- the schema -----------------------------------------------------------------------------


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_schema_has_every_component_and_no_loose_end():
    found = schema()
    entries = {f"{kind}-{name}" for kind, types in KINDS.items() for name in types}
    assert entries <= set(found["$defs"])
    assert {r.removeprefix("#/$defs/") for r in references(found)} <= set(found["$defs"])


def test_every_setting_of_the_root_is_described():
    found = schema()
    assert found["$schema"].startswith("https://json-schema.org/")
    assert set(found["properties"]) == set(model(ROOT).model_fields)
    assert [name for name, p in found["properties"].items() if not p.get("description")] == []
    assert found["required"] == ["data", "model"]


def test_unknown_keys_are_no_part_of_the_schema():
    found = schema()
    mappings = [found, *found["$defs"].values()]
    assert all(m["additionalProperties"] is False for m in mappings if "properties" in m)


def test_bounds_and_short_forms_are_in_the_schema():
    defs = schema()["$defs"]
    assert defs["Contrast-cd"]["properties"]["steps"]["minimum"] == 1
    units = defs["Model-rbm"]["properties"]["visible"]["anyOf"]
    assert {"type": "integer"} in units
    assert any("gaussian" in member.get("enum", []) for member in units)
