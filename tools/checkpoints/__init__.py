"""The recipes of tools/make_checkpoints.py, a module for each notebook."""
