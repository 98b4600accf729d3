"""Writes a net that was read from Caffe for this library."""

import io
from pathlib import Path

from ruamel.yaml import YAML

from harmonium.caffe.network import Imported
from harmonium.files import write_whole
from harmonium.storage import save

__all__ = ["model_section", "write_folder"]


def model_section(found: Imported) -> str:
    """The section ``model`` of a recipe, as YAML, with a layer on each line."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 10_000
    out = io.StringIO()
    settings = {key: value for key, value in found.net.settings.items() if value}
    yaml.dump({"model": {"type": "net", **settings}}, out)
    notes = "".join(f"# {line}\n" for line in (found.name, *found.notes))
    return notes + out.getvalue()


def write_folder(found: Imported, folder: Path) -> list[Path]:
    """Writes net.safetensors and model.yaml; returns their paths.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = save(found.net, folder / "net.safetensors")
    return [file, write_whole(folder / "model.yaml", model_section(found))]
