"""A small Fauna (FQL v4 over HTTP) that runs in the process: a stand-in for trying and testing.

It keeps nothing: what was written ends with the process. The connector knows nothing of it.
"""

from local_fauna.local import LocalFauna

__all__ = ["LocalFauna"]
