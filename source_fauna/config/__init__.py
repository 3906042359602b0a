"""What users saved, and the one frozen value made of it."""
