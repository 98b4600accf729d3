from harmonium.describe import load


def test_a_copy_trains_like_the_original(harmonium, tmp_path):
    result = harmonium("cp", "digits_rbm", "mine.yaml")
    assert (result.exit_code, result.stdout) == (0, "mine.yaml\n")
    assert load(tmp_path / "mine.yaml").model.type == "rbm"


def test_a_folder_gets_it_under_its_own_name(harmonium, tmp_path):
    (tmp_path / "recipes").mkdir()
    assert harmonium("cp", "digits_rbm", "recipes").stdout == "recipes/digits_rbm.yaml\n"
    assert harmonium("cp", "digits_rbm").stdout == "digits_rbm.yaml\n"


def test_what_is_there_is_left_as_it_is(harmonium, refused, tmp_path):
    (tmp_path / "digits_rbm.yaml").write_text("mine")
    assert "exists" in refused("cp", "digits_rbm")
    assert (tmp_path / "digits_rbm.yaml").read_text() == "mine"


def test_a_wrong_name_gives_the_nearest(refused):
    assert "did you mean 'digits_rbm'" in refused("cp", "digits_rmb")
