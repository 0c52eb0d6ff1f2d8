"""Settings for the whole suite."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
settings.register_profile("wide", max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))
