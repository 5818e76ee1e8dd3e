"""How well rules find what they should, and stay quiet on what they should not."""
