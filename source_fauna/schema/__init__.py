"""What the database holds: collections, indexes, rights and history, and the streams made of them."""
