"""Speed and memory on real data. Never run by tests."""
