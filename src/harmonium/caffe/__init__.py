"""Nets of Caffe (https://github.com/BVLC/caffe): descriptions and weights, read and written.

No package of Caffe or protobuf is needed: ``text`` and ``wire`` read the two forms of its files.
"""

from harmonium.caffe.network import Imported, read_caffe
from harmonium.caffe.weights import read_mean
from harmonium.caffe.write import write_caffemodel

__all__ = ["Imported", "read_caffe", "read_mean", "write_caffemodel"]
