"""Groups of identical and nearly identical images: found, shown in order, and written down."""
