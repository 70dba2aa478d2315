"""What an augmentation does to search: how far images drift, and whether they still find their original."""
