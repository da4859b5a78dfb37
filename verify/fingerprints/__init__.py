"""What pictures look like to a machine: hashes, local features, thumbnails, frame samples, shots."""
