import json

from tests.search.test_searching import RECIPE


def test_a_search_and_its_end(harmonium, tmp_path):
    (tmp_path / "small.yaml").write_text(RECIPE)
    space = "train.optimiser.lr={low: 1e-3, high: 1e-1, log: true}"
    line = ("search", "small.yaml", "train.epochs=1", "--space", space, "--figure", "error", "-q")
    result = harmonium(*line, "--trials", "1")
    assert result.exit_code == 0, result.stderr
    head, first, second, *_ = result.stdout.splitlines()
    assert head.split() == ["attempt", "error,", "%", "train.optimiser.lr"]
    assert [first.split()[0], second.split()[0]] == ["1", "0"]
    assert "studies/small/best.yaml" in result.stdout
    assert "0: error" in result.stderr
    again = harmonium("search", "--resume", "--study", "studies/small", "--trials", "2", "--json")
    told = json.loads(again.stdout)
    assert [attempt["number"] for attempt in told["attempts"]] == [0, 1, 2]
    assert harmonium("validate", "studies/small/best.yaml").exit_code == 0


def test_what_does_not_go_together_is_refused(refused, tmp_path):
    (tmp_path / "small.yaml").write_text(RECIPE)
    assert "give a recipe" in refused("search")
    assert "no settings" in refused("search", "small.yaml")
    assert "no study here" in refused("search", "small.yaml", "--resume")
    assert "leave out --space" in refused("search", "small.yaml", "--resume", "--space", "a=[1]")
    assert "is no range" in refused("search", "small.yaml", "--space", "train.epochs=3")
    assert "epoch" in refused("search", "small.yaml", "--space", "train.epoch=[1]")
    assert not (tmp_path / "studies").exists()
