import json


def test_the_schema_is_one_of_recipes(harmonium):
    found = json.loads(harmonium("schema").stdout)
    assert found["type"] == "object"
    assert {"data", "model", "pretrain", "train", "fine_tune"} <= set(found["properties"])
    assert found["additionalProperties"] is False
