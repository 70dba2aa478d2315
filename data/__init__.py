"""What ships beside the code: the sample collection's recipe and the small encoder."""
