"""What can go wrong: the table of answers, and the errors made from it."""
