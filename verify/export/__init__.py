"""Out of the archive: tables, MediaReview, evidence bundles, reports; one file each."""
