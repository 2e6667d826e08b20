"""What all tests share: how many examples a property is tried on."""

from hypothesis import settings

settings.register_profile("loopcmp", max_examples=50)  # the unit suite is to stay within seconds
settings.load_profile("loopcmp")
