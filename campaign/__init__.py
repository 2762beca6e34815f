"""Postbag: advocacy campaigns with letters that arrive."""

__version__ = "0.1.0"
