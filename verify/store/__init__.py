"""The archive's memory: a role, its SQL implementation, its schema and migrations."""
