"""What the parent and a worker say to each other: descriptions, observations, messages."""
