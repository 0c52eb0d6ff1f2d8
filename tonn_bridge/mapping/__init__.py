"""The files in mappings/, read, checked and compiled into fast functions."""
