"""The front gate and the bounded decoders: the only rooms that open files and touch decoders."""
