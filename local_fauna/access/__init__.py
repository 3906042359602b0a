"""Keys, roles and what they may do."""
