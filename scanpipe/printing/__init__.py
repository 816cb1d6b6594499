"""Layout to paper: slips drawn as vector PDF, laid on sheets."""
