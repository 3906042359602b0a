"""What can go wrong: the table of errors, and the exceptions built from it."""
