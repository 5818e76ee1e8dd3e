"""corpus-audit: is this corpus fit to train on, source by source, with evidence."""

__version__ = "0.1.0"
