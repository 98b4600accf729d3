import json

from harmonium.describe import load

BAD = """\
data: {source: digits}
model: {type: rbm, visible: 64, hiden: 9}
train: {type: energy, epohcs: 5}
"""


def test_a_valid_recipe_is_said_to_be(harmonium):
    assert harmonium("validate", "digits_rbm").stdout == "digits_rbm: valid\n"


def test_all_problems_come_at_once_with_their_lines(refused, tmp_path):
    (tmp_path / "bad.yaml").write_text(BAD)
    message = refused("validate", "bad.yaml")
    assert "bad.yaml:2: model.hiden" in message
    assert "did you mean 'hidden'" in message
    assert "bad.yaml:3: train.epohcs" in message


def test_problems_as_json(harmonium, tmp_path):
    (tmp_path / "bad.yaml").write_text(BAD)
    result = harmonium("validate", "bad.yaml", "--json")
    assert (result.exit_code, result.stderr) == (2, "")
    found = json.loads(result.stdout)
    assert found["valid"] is False
    assert {"model.hiden", "train.epohcs"} <= {p["path"] for p in found["problems"]}
    assert found["problems"][0]["where"].endswith("bad.yaml:2")


def test_overrides_are_checked_too(harmonium, refused):
    found = json.loads(harmonium("validate", "digits_rbm", "train.epochs=7", "--json").stdout)
    assert found["resolved"]["train"]["epochs"] == 7
    assert "train.epochs" in refused("validate", "digits_rbm", "train.epochs=many")


def test_the_resolved_recipe_is_a_recipe(harmonium, tmp_path):
    text = harmonium("validate", "digits_rbm", "--resolved").stdout
    (tmp_path / "again.yaml").write_text(text)
    assert load(tmp_path / "again.yaml") == load(
        tmp_path / harmonium("cp", "digits_rbm", "digits_rbm.yaml").stdout.strip()
    )


def test_a_missing_file_is_a_warning(harmonium, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "data: {source: {type: table, train: mine.csv}}\n"
        "model: {type: rbm, visible: 4, hidden: 2}\n"
        "train: {type: energy, epochs: 1}\n"
    )
    result = harmonium("validate", "mine.yaml")
    assert (result.exit_code, result.stdout) == (0, "mine.yaml: valid\n")
    assert "warning: data.source.train: " in result.stderr
    assert "mine.csv: there is no such file or folder here" in result.stderr
    found = json.loads(harmonium("validate", "mine.yaml", "--json").stdout)
    assert len(found["warnings"]) == 1
