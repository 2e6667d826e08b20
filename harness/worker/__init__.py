"""The child process: lists scenarios, observes a case, or times it; knows no plans, stores or reports."""
