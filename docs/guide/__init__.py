"""The pages of the user guide, shipped with the app: F1 shows the one that fits the screen."""
