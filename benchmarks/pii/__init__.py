"""Evaluation data for personal data and secrets: synthetic texts, and two public sets."""
