"""The join: which documents of an audit are copies of others, or of earlier deliveries."""
