import pytest

from harmonium.extras import installed
from tests.apply.learned import bits, coder

pytestmark = pytest.mark.skipif(not installed("onnxruntime"), reason="the extra export is missing")


def test_a_file_is_written_and_verified(harmonium, tmp_path):
    line = ("export", bits().path, "--what", "gibbs", "--steps", "2", "--verify")
    result = harmonium(*line)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "bits-gibbs.onnx: gibbs of" in result.stdout
    assert "ONNX Runtime gives the same numbers" in result.stdout
    assert (tmp_path / "bits-gibbs.onnx").stat().st_size > 1000


def test_the_librarys_own_format(harmonium, tmp_path):
    result = harmonium("export", coder().path, "--format", "safetensors")
    assert result.exit_code == 0
    assert (tmp_path / "coder.safetensors").is_file()


def test_what_cannot_be_written_is_refused(refused, tmp_path):
    assert "free energy in closed form" in refused("export", coder().path, "--what", "free_energy")
    assert "there is no folder" in refused("export", coder().path, "-o", "none/net.onnx")
    assert "ends in .onnx" in refused("export", coder().path, "-o", "net.pt")
    own = ("export", coder().path, "--format", "safetensors", "--verify")
    assert "only an ONNX file is run and compared" in refused(*own)
    (tmp_path / "net.onnx").touch()
    assert "--overwrite" in refused("export", coder().path, "-o", "net.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["net.onnx"]
