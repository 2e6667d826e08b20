"""Many records as one static site: pages for people, and the same as JSON, a feed and badges."""
