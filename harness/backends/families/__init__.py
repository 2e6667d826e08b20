"""One module a family of loops: how its loops are opened and its gatherers made."""
