"""`mix.tonn.json`: a mix as a file, with its units in the names of its keys, for programs and for people."""

from tonn_bridge.mixfile.model import MAX_BYTES, MixFile, from_json, read, schema, to_json

__all__ = ["MAX_BYTES", "MixFile", "from_json", "read", "schema", "to_json"]
