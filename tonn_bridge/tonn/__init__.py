"""Tonn: its wire models, its HTTP client, and the translation of its answers."""
