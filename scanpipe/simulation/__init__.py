"""A scanned stack without paper: pens and scanners."""
