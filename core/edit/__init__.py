"""Changes that people make: values and tags of images, and how any change is taken back."""
