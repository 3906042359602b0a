"""The saved config, and the frozen value that the connector builds from it."""
