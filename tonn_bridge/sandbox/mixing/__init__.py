"""The sandbox's mixing engine: measures stems, decides settings, renders with exactly those settings."""
