"""A collection cut into parts at one snapshot, and a part read: what every engine needs. Nothing here knows one."""
