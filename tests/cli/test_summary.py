import json

from tests.apply.learned import classifier


def test_a_recipe_by_name(harmonium):
    found = json.loads(harmonium("summary", "digits_rbm", "--json").stdout)
    assert [row["part"] for row in found["parts"]] == ["v", "h", "v-h"]
    assert found["parameters"] == 64 + 16 + 64 * 16
    assert found["stages"][0]["stage"] == "train"


def test_overrides_count(harmonium):
    line = ("summary", "digits_rbm", "model.hidden=10", "--json")
    assert json.loads(harmonium(*line).stdout)["parameters"] == 64 + 10 + 64 * 10


def test_a_run(harmonium):
    text = harmonium("summary", classifier().path).stdout
    assert "0.v-h  Dense      48 x 64" in text
    assert [line.split()[0] for line in text.splitlines()[-3:]] == [
        "pretrain/0",
        "pretrain/1",
        "fine_tune",
    ]


def test_neither_recipe_nor_run(refused):
    assert "no recipe 'digits_rmb', did you mean 'digits_rbm'" in refused("summary", "digits_rmb")
    assert "no run 'last'" in refused("summary", "last")
