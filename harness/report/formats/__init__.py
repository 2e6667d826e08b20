"""A record in each format that people and programs read: one format a module."""
