"""Many pipelines over many photos: what each answers, as a few numbers a photo."""
