"""A queue of units over hosts: an engine carries bytes, and everything else is ours."""
