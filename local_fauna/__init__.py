"""A small Fauna (FQL v4 over HTTP) that runs in the process: a stand-in for trying and testing.

It keeps all data in memory, until the process ends. The connector does not depend on it.
"""

from local_fauna.local import LocalFauna

__all__ = ["LocalFauna"]
