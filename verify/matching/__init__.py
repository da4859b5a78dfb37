"""Finds copies: candidates, geometric proof, dense agreement, judgement, alignment in time, families."""
