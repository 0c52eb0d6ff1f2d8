"""Bytes to events and back: codecs that open nothing and wait for nothing."""
