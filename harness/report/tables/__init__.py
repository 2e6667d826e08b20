"""The tables of a report, from a record to cells of text."""
