"""Documents become records: values, columns, and the record itself."""
