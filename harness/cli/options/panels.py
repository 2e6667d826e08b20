"""The groups in which help shows options."""

CHOICE = "What to run"
EFFORT = "How precisely"
LIMITS = "Limits"
OUTPUT = "Output"
HOSTS = "On which machines"
