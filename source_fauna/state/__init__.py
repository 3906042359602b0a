"""The saved state of a stream, in every format that any version of the connector has saved."""
