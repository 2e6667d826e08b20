"""A record as one page that opens without a network."""
