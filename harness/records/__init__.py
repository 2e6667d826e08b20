"""What was planned, what happened and what it came to: frozen values, and their files."""
