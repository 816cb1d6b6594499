"""Paper to readings: a module per stage, and the pipeline that puts them in order."""
