"""The parent's side of worker processes: start, contain, pin, list, observe, time in rounds."""
