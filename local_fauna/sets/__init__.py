"""Sets and their pages: documents, matches, ranges, events, cursors."""
