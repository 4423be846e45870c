"""The words beside the codes: remarks on what is measured, and numbers as they are written."""
