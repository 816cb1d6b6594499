"""Readings to files that people open, and corrections back."""
