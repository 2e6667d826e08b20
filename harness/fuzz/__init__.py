"""Random concurrent programs on every backend, judged by what documentation promises."""
