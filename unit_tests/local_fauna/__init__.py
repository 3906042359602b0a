"""The rules of local_fauna, each by a query and its answer."""
