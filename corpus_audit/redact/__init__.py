"""Copies of a corpus with personal data and secrets replaced."""
