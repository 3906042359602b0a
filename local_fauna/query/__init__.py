"""From a query to its value: forms by their exact keys, arguments, scopes, writes."""
