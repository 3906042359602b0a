"""Programs that print how fast the connector is, each against a floor or another shape measured in the same run."""
