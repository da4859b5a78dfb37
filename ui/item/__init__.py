"""What the screen of one item is made of."""
