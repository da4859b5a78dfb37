"""What the bytes say about themselves: metadata values (`reading`) and the leads they give (`findings`)."""
