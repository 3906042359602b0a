"""Airbyte's standard tests of a source, on the configs of acceptance-test-config.yml.

Their advisory warnings are errors here, as all warnings are (pyproject.toml).
"""

from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from source_fauna import SourceFauna

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]


class TestSourceFauna(SourceTestSuiteBase):
    # Named, for otherwise it is guessed from the name of the checkout's folder.
    connector = SourceFauna
