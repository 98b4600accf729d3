from harmonium import load
from tests.caffe.nets import TINY, WHOLE, written


def test_layers_are_printed_and_the_net_is_written(harmonium, tmp_path):
    written(WHOLE, tmp_path)
    result = harmonium("import", "net.prototxt", "--output", "new")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["conv/1", "conv2d", "6", "x", "6", "x", "4", "186"] in lines
    assert "Whole: " in result.stdout
    assert "parameters, outputs classes" in result.stdout
    assert load(tmp_path / "new" / "net.safetensors").shape == (4, 11, 9)
    assert "type: net" in (tmp_path / "new" / "model.yaml").read_text()


def test_remarks_go_to_the_other_stream(harmonium, tmp_path):
    written(TINY.replace("dim: 1 dim: 1 dim: 4", "dim: 1 dim: 3 dim: 4"), tmp_path)
    result = harmonium("import", "net.prototxt")
    assert "blue, green, red" in result.stderr
    assert result.exit_code == 0


def test_wrong_files_are_refused(refused, tmp_path):
    written(TINY.replace('"Convolution"', '"Convolutoin"'), tmp_path)
    assert refused("import", "net.prototxt").startswith("error: net.prototxt:4: layer 'conv'")
    assert "no such file" in refused("import", "other.prototxt")
    written(TINY, tmp_path)
    assert "positive numbers" in refused("import", "net.prototxt", "--shape", "1,x")
    (tmp_path / "a.caffemodel").write_bytes(b"\x0a\xff")
    assert "ends inside a number" in refused("import", "net.prototxt", "a.caffemodel")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    assert "is not empty" in refused("import", "net.prototxt", "--output", "full")
