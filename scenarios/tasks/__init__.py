"""What a loop does all day: starting tasks, switching between them, and ending them."""

MODULES = ("fan_out", "churn", "tree", "context", "generators", "checkpoints")
"""The modules of this family, from what most depends on the loop to what should not depend on it at all."""
