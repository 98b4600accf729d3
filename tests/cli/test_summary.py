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


def test_rows_without_a_label_are_counted(harmonium, tmp_path):
    (tmp_path / "t.csv").write_text("a,kind\n1,x\n2,y\n3,\n4,x\n")
    (tmp_path / "mine.yaml").write_text(
        "data: {source: {type: table, train: t.csv, label: kind}}\n"
        "model: {type: mlp, units: [1, 2]}\n"
        "train: {type: supervised, epochs: 1, batch_size: 1}\n"
    )
    assert "train: 4 rows, 1 of them without a label\n" in harmonium("summary", "mine.yaml").stdout
    found = json.loads(harmonium("summary", "mine.yaml", "--json").stdout)
    assert found["rows"] == {"train": {"rows": 4, "unlabelled": 1}}
    assert found["stages"][0]["updates"] == 3
    assert "train: 1297 rows\ntest: 500 rows\n" in harmonium("summary", "digits_rbm").stdout


def test_layers_of_a_described_net(harmonium, refused, tmp_path):
    place = tmp_path / "layers.svg"
    lines = harmonium("summary", "digits_convnet", "--svg", place).stdout.splitlines()
    assert lines[0].split() == ["layer", "type", "output", "parameters", "multiply-adds", "field"]
    assert lines[4].split() == ["conv2", "conv2d", *"16 x 4 x 4".split(), "1168", "18432", "8"]
    assert any("23680 multiply-adds" in line for line in lines)
    assert max(map(len, lines)) <= 100
    assert place.read_text().count("<svg") == 1
    assert "there already; --overwrite" in refused("summary", "digits_convnet", "--svg", place)
    assert harmonium("summary", "digits_convnet", "--svg", place, "--overwrite").stdout
    assert "not a format" in refused("summary", "digits_convnet", "--svg", tmp_path / "a.png")
    assert "not described by its layers" in refused("summary", "digits_mlp", "--svg", place)
