import json


def test_recipes_and_what_they_do(harmonium):
    text = harmonium("ls").stdout
    assert text.splitlines()[0].split() == ["recipe", "about"]
    found = json.loads(harmonium("ls", "--json").stdout)
    names = [row["recipe"] for row in found]
    assert {"digits_dbn", "digits_rbm", "mnist_dbn"} <= set(names)
    assert all(row["about"] for row in found)
    assert [line.split()[0] for line in text.splitlines()[1:]] == names
