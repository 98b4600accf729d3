"""The verb visualize: files by name, one view, and refusals."""

from tests.apply.learned import classifier, convnet


def test_one_view(harmonium, tmp_path):
    path = convnet().path
    result = harmonium("visualize", path, "--what", "saliency", "--rows", "0, 3")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == ["visualize/saliency-1.png", "visualize/visualize.html"]
    assert (tmp_path / "visualize" / "saliency-1.png").is_file()
    assert harmonium("visualize", path, "--what", "filters").exit_code == 0  # its own folder
    assert harmonium("visualize", path, "--what", "filters", "-o", "own").exit_code == 0


def test_refusals(harmonium, refused):
    path = convnet().path
    harmonium("visualize", path, "--what", "filters", "-o", "own")
    assert "--overwrite" in refused("visualize", path, "--what", "filters", "-o", "own")
    assert "such as 0,3,12" in refused("visualize", path, "--rows", "0;3")
    assert "no view 'best'" in refused("visualize", path, "--what", "best")
    reason = refused("visualize", classifier().path)
    assert "no model of this run is a net with convolutions" in reason
    assert "--what" not in reason
