"""When what was read may be believed: rules for Airbyte's read path and for workers, which ask without knowing how."""
