"""What is known of sets before reading: names, places, and their errors."""

import json

import pytest

from harmonium.catalogue.known import KNOWN, check_sum, info, known_set, known_sets, locate


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv("HARMONIUM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("harmonium.catalogue.find._SYSTEM", tmp_path / "system")
    return tmp_path


@pytest.mark.parametrize("name", known_sets())
def test_info_is_json_and_names_the_licence(name, elsewhere):
    found = json.loads(json.dumps(info(name)))
    assert found["name"] == name
    assert found["licence"]
    assert found["rows"]["train"] > 300


def test_a_set_is_located_where_all_its_files_are(elsewhere):
    assert locate("mnist") is None
    folder = elsewhere / "cache" / "harmonium" / "mnist"
    folder.mkdir(parents=True)
    *most, last = KNOWN["mnist"].files
    for file in most:
        (folder / file).touch()
    assert locate("mnist") is None
    (folder / f"{last}.gz").touch()
    assert locate("mnist") == str(folder)
    assert locate("digits") == "in sklearn"
    (elsewhere / "data" / "faces").mkdir(parents=True)
    (elsewhere / "data" / "faces" / "freyfaces.npz").touch()
    assert info("frey_faces")["place"] == str(elsewhere / "data" / "faces")


def test_a_set_inside_a_missing_package_is_not_here(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert locate("digits") is None


@pytest.mark.parametrize("ask", [known_set, locate, info])
def test_unknown_names_give_the_nearest(ask):
    with pytest.raises(ValueError, match="no data set 'minst', did you mean 'mnist'. There are"):
        ask("minst")


def test_a_wrong_sum_is_refused_and_a_known_one_recognised(tmp_path):
    mnist, fashion = KNOWN["mnist"], KNOWN["fashion_mnist"]
    file = next(iter(mnist.files))
    check_sum(tmp_path, mnist.files[file], file=file, known=mnist)
    with pytest.raises(ValueError, match="is abc .an altered or unknown file.; MNIST"):
        check_sum(tmp_path, "abc", file=file, known=mnist)
    with pytest.raises(ValueError, match="that of Fashion-MNIST, train-images"):
        check_sum(tmp_path, fashion.files[file], file=file, known=mnist)
