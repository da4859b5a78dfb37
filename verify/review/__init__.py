"""What reviewers say about items: statements, the chain they are sealed into, the state they add up to."""
