"""JSON in and out: what the wire says, and how the real server writes it."""
