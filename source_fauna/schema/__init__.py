"""What the database holds (collections, indexes, rights, history) and the streams that are made of it."""
