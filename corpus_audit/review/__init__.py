"""Samples for people to judge, the sheets that carry them, and what the verdicts show."""
