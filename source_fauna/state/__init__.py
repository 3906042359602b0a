"""Saved positions of a stream, of every shape that was ever saved."""
