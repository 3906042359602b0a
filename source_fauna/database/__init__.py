"""The database over HTTP: expressions go in, pages or errors come out."""
