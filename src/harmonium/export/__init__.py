"""Writes nets and machines to files that other programs run."""

from harmonium.export.check import check_onnx
from harmonium.export.onnx_file import export_onnx
from harmonium.export.parts import Part, What, part

__all__ = ["Part", "What", "check_onnx", "export_onnx", "part"]
