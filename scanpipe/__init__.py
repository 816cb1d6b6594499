"""Slips marked with a smiley: printed, scanned, read and summed up."""

__version__ = "0.1.0"
