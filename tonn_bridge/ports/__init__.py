"""Where bytes come and go: UDP, and memory for tests."""
