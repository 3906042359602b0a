"""The read path: pages are fetched by threads, decoded and emitted by one."""
